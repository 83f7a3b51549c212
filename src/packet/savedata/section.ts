// Sections: what a savedata file and its DHT part are made of. Spec: State Format, Sections. Little endian.
// The file comes from a disk, from a chat window or from whoever sent "my backup": nothing in it is believed.

import { concatBytes } from '../../base/index.js'
import { decodePrefix, encode, struct, u16le, u32le } from '../../codec/index.js'

export const SectionType = {
  NOSPAM_AND_KEYS: 1,
  DHT: 2,
  FRIENDS: 3,
  NAME: 4,
  STATUS_MESSAGE: 5,
  STATUS: 6,
  TCP_RELAYS: 10,
  PATH_NODES: 11,
  CONFERENCES: 20,
  /** Written since c-toxcore 0.2.19; older ones step over it. */
  GROUPS: 21,
  END: 255,
} as const

/** Stands in the header of each section of the file. */
export const SECTION_COOKIE = 0x01ce
/** Stands in the header of each section inside the DHT section. */
export const DHT_SECTION_COOKIE = 0x11ce

const SECTION_HEADER_BYTES = 8

/** In front of each section: how many bytes follow, what they are, and a number that is the same in all sections. */
export const SectionHeader = struct({ size: u32le, type: u16le, cookie: u16le }, 'section header')

export interface Section {
  readonly type: number
  /** When read: a view into the file. */
  readonly bytes: Uint8Array
}

/**
 * Hands each section to `visit` in turn, until `visit` returns false. Returns whether the list is whole: each section inside
 * the bytes, each with the cookie, and nothing behind the last one. What `visit` ends is whole.
 */
export function readSections(bytes: Uint8Array, cookie: number, visit: (section: Section) => boolean): boolean {
  let at = 0
  while (bytes.length - at >= SECTION_HEADER_BYTES) {
    const header = decodePrefix(SectionHeader, bytes.subarray(at, at + SECTION_HEADER_BYTES))!.value
    at += SECTION_HEADER_BYTES
    if (header.size > bytes.length - at || header.cookie !== cookie) return false
    if (!visit({ type: header.type, bytes: bytes.subarray(at, at + header.size) })) return true
    at += header.size
  }
  return at === bytes.length
}

/** The sections behind one another. */
export function writeSections(sections: readonly Section[], cookie: number): Uint8Array {
  const header = ({ type, bytes }: Section) => encode(SectionHeader, { size: bytes.length, type, cookie })
  return concatBytes(...sections.flatMap((section) => [header(section), section.bytes]))
}
