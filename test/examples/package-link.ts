// A folder in which `import 'toxcore-ts'` finds this package as it was built, as in a user's project.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../cli/process.js'

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))

  constructor() {
    mkdirSync(join(this.folder, 'node_modules'))
    symlinkSync(ROOT, join(this.folder, 'node_modules/toxcore-ts'), 'dir')
  }

  /** Writes a program; returns its path. */
  write(name: string, source: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, source)
    return path
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
