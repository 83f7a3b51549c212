// CommonJS in the ESM build and in the CJS build alike, so that both know `__dirname` and can load a module without
// waiting. Everything else in src/ is written once and compiled twice; this file is the hinge.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The folder of the package.json named toxcore-ts above this file; undefined when the core was bundled elsewhere. */
export function packageRoot(): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if ((manifest as { name?: unknown } | null)?.name === 'toxcore-ts') return folder
    } catch {
      // No readable package.json in this folder: the next one up may have it.
    }
    if (folder === dirname(folder)) return undefined
  }
}

// Not the `require` in scope: under a module hook (tsx) Node hands out a substitute that cannot load JSON.
const requireHere = createRequire(__filename)

/** `require`: loads a package by name or a file by absolute path, at once. Throws when it is absent or does not load. */
export function requireNow(nameOrPath: string): unknown {
  return requireHere(nameOrPath)
}
