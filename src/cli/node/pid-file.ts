// The process id in a file, for init scripts and monitors. One that names a living process of this program is respected.

import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { CliError, systemReason } from '../command.js'

export class PidFile {
  private constructor(private readonly path: string) {}

  /** Throws CliError when another node runs by this file, or when it cannot be written. */
  static write(path: string): PidFile {
    const other = readPid(path)
    if (other !== undefined && other !== process.pid && isNode(other)) {
      throw new CliError(`${path}: a node runs already, as process ${other}`, 1)
    }
    const draft = `${path}.${process.pid}.tmp`
    try {
      writeFileSync(draft, `${process.pid}\n`, { mode: 0o644 })
      renameSync(draft, path)
    } catch (error) {
      throw new CliError(`cannot write the pid file ${path}: ${systemReason(error)}`, 1)
    }
    return new PidFile(path)
  }

  /** Removes it, unless somebody else's is in its place. */
  remove(): void {
    try {
      if (readPid(this.path) === process.pid) unlinkSync(this.path)
    } catch {
      // Its folder may be gone, or ours no more: the next one finds a process that does not live.
    }
  }
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}

/** Whether this process lives and is a node; where that cannot be seen, it is none: a number may be anybody's by now. */
function isNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('node')
  } catch {
    return false
  }
}
