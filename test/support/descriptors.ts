// What breaks a socket under a program: its descriptor closed, replaced by another file, or shut down, as by code that meddles
// with descriptors that are not its own. Linux alone.

import assert from 'node:assert/strict'
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import koffi from 'koffi'

/** The descriptor of this process's UDP socket at a port. */
export function udpDescriptor(port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  const links = new Map(readdirSync('/proc/self/fd').map((fd) => [linkOf(fd), Number(fd)]))
  for (const table of ['/proc/self/net/udp', '/proc/self/net/udp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const [, local = '', , , , , , , , inode] = line.trim().split(/\s+/)
      const fd = local.endsWith(`:${hexPort}`) ? links.get(`socket:[${inode}]`) : undefined
      if (fd !== undefined) return fd
    }
  }
  assert.fail(`no UDP socket at port ${port}`)
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

const libc = koffi.load('libc.so.6')
const dup2 = libc.func('int dup2(int from, int to)')
const shutdown = libc.func('int shutdown(int fd, int how)')
const SHUT_RDWR = 2

/** Ends both directions; the system complains that it is not connected, and does it nevertheless. */
export function shutDown(fd: number): void {
  shutdown(fd, SHUT_RDWR)
}

/** Puts /dev/null in its place. */
export function replace(fd: number): void {
  const file = openSync('/dev/null', 'r+')
  assert.equal(dup2(file, fd), fd)
  closeSync(file)
}
