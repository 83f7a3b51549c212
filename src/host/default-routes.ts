// The ways by which packets leave this machine for anywhere, as the kernel lists them. Only Linux tells without a program being run.

import { closeSync, openSync, readSync } from 'node:fs'

/** The routes of IPv4, one a line, those to anywhere first: of a server that knows the world's no more is read. */
const ROUTES_FILE = '/proc/net/route'
const ROUTES_BYTES = 4096
/** Columns of a line: interface, destination, gateway, flags, counters (2), metric, mask. */
const [INTERFACE, DESTINATION, GATEWAY, METRIC, MASK] = [0, 1, 2, 6, 7]
/** An address or a mask of no bits, in the file's hexadecimal form. */
export const ANYWHERE = '00000000'

export interface DefaultRoute {
  readonly interface: string
  /** Hexadecimal, in the machine's byte order; `ANYWHERE` where there is none. */
  readonly gateway: string
  readonly metric: string
  /** Not `ANYWHERE` on the half of the world that a VPN takes. */
  readonly mask: string
}

/** `read`: the text of the file, the kernel's own unless given. None where it cannot be read. */
export function defaultRoutes(read: () => string = beginningOfFile): DefaultRoute[] {
  if (process.platform !== 'linux' && read === beginningOfFile) return []
  try {
    const lines = read()
      .split('\n')
      .map((line) => line.split('\t'))
    return lines
      .filter((columns) => columns[DESTINATION] === ANYWHERE)
      .map((columns) => ({
        interface: columns[INTERFACE] ?? '',
        gateway: columns[GATEWAY] ?? '',
        metric: columns[METRIC] ?? '',
        mask: columns[MASK] ?? '',
      }))
  } catch {
    return []
  }
}

function beginningOfFile(): string {
  const file = openSync(ROUTES_FILE, 'r')
  try {
    const bytes = Buffer.alloc(ROUTES_BYTES)
    return bytes.toString('latin1', 0, readSync(file, bytes))
  } finally {
    closeSync(file)
  }
}
