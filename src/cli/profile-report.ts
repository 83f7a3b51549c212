// What a `.tox` file holds and what of it is damaged, section by section with the offsets in the file. It judges more
// strictly than loading does: what costs a list of nodes when it is loaded is damage here. The file may be anybody's.

import { bytesKey, isZero, sameBytes, toHex } from '../base/index.js'
import { decode, decodePrefix, Reader, type Schema, u32le } from '../codec/index.js'
import type { LongTermPublicKey } from '../crypto/index.js'
import { NAME_MAX_BYTES } from '../packet/messenger/nickname.js'
import { STATUS_MESSAGE_MAX_BYTES } from '../packet/messenger/status-message.js'
import { isPublicKey } from '../packet/messenger/tox-id.js'
import { USER_STATUSES } from '../packet/messenger/user-status.js'
import { nodeInfo, nodeOrRelay } from '../packet/node-info.js'
import {
  acceptsConferences,
  DHT_SECTION_COOKIE,
  FRIEND_RECORD_BYTES,
  FriendRecord,
  friendOfRecord,
  NospamAndKeys,
  readConferences,
  SECTION_COOKIE,
  SectionHeader,
  SectionType,
} from '../packet/savedata/index.js'
import { parseSavedata, type Savedata, type SavedataCrypto } from '../tox/savedata.js'

export interface SectionReport {
  /** Where its contents begin. */
  readonly at: number
  readonly type: number
  readonly name: string
  readonly size: number
  /** What is inside, in words. */
  readonly holds: string
}

export interface Damage {
  readonly at: number
  /** The section's name; `'file'` for what is around sections. */
  readonly where: string
  readonly text: string
}

export interface ProfileReport {
  readonly sections: readonly SectionReport[]
  /** In the order of the file; the first ones, when there are many. */
  readonly damages: readonly Damage[]
  readonly damageCount: number
  /** What loading makes of it; `undefined` when it is refused. */
  readonly savedata: Savedata | undefined
}

const FILE_MAGIC = 0x15ed1b1f
const FILE_HEADER_BYTES = 8
const SECTION_HEADER_BYTES = SectionHeader.maxSize
const DHT_COOKIE_BYTES = 4
const DHT_NODES_TYPE = 4
/** A hostile file may have millions; nobody reads more. */
const DAMAGES_SHOWN_MAX = 40
const SECTIONS_SHOWN_MAX = 64
/** A profile has a dozen. Millions of empty ones would only fill the memory. */
const SECTIONS_MAX = 1000
/** Where to cut a damaged file: at the last sections, for each attempt reads all of it. */
const CUTS_MAX = 16

const NAMES: Readonly<Record<number, string>> = {
  [SectionType.NOSPAM_AND_KEYS]: 'nospam and keys',
  [SectionType.DHT]: 'DHT nodes',
  [SectionType.FRIENDS]: 'friends',
  [SectionType.NAME]: 'name',
  [SectionType.STATUS_MESSAGE]: 'status message',
  [SectionType.STATUS]: 'status',
  [SectionType.TCP_RELAYS]: 'TCP relays',
  [SectionType.PATH_NODES]: 'path nodes',
  [SectionType.CONFERENCES]: 'conferences',
  [SectionType.GROUPS]: 'groups',
  [SectionType.END]: 'end',
}

function nameOf(type: number): string {
  return NAMES[type] ?? `section ${type}`
}

/** Looks through the bytes of a profile that is not encrypted. Never throws, whatever they are. */
export function reportProfile(file: Uint8Array, crypto: SavedataCrypto): ProfileReport {
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const inspection = new Inspection(bytes, crypto)
  inspection.run()
  const parsed = inspection.isTooMuch ? undefined : parseSavedata(bytes, crypto)
  return { ...inspection.found, savedata: parsed?.ok ? parsed.value : undefined }
}

/**
 * What can be saved of a file that has lost its structure: the sections in front of the first damage that refuses it, given
 * that the keys are among them: without them it would be somebody else's profile.
 */
export function salvageProfile(file: Uint8Array, crypto: SavedataCrypto): Savedata | undefined {
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const inspection = new Inspection(bytes, crypto)
  inspection.run()
  const { ownKey } = inspection
  if (ownKey === undefined) return undefined
  // From the longest part on: the last section may be the one that is refused.
  for (const end of inspection.sectionEnds.reverse().slice(0, CUTS_MAX)) {
    const parsed = parseSavedata(bytes.subarray(0, end), crypto)
    if (parsed.ok && sameBytes(parsed.value.longTerm.publicKey, ownKey)) return parsed.value
  }
  return undefined
}

class Inspection {
  readonly #sections: SectionReport[] = []
  readonly #damages: Damage[] = []
  #damageCount = 0
  readonly #friendKeys = new Set<string>()
  /** Offsets behind the sections that are whole. */
  readonly sectionEnds: number[] = []
  /** The public key, once the section with the keys was sound. */
  ownKey: LongTermPublicKey | undefined
  /** Whether it has more sections than anybody should look at. */
  isTooMuch = false
  #sectionCount = 0
  #hasKeySection = false

  constructor(
    readonly bytes: Uint8Array,
    readonly crypto: SavedataCrypto,
  ) {}

  get found(): Omit<ProfileReport, 'savedata'> {
    return { sections: this.#sections, damages: this.#damages, damageCount: this.#damageCount }
  }

  run(): void {
    const { bytes } = this
    const magic = bytes.length < FILE_HEADER_BYTES ? undefined : decode(u32le, bytes.subarray(4, FILE_HEADER_BYTES))
    if (magic !== FILE_MAGIC || !isZero(bytes.subarray(0, 4))) return this.#damage(0, 'file', 'is no Tox profile')
    const end = this.#walk(FILE_HEADER_BYTES, bytes.length, SECTION_COOKIE, 'file', (type, at, size) => {
      if (type !== SectionType.END) this.sectionEnds.push(at + size)
      this.#section(type, at, size)
      this.isTooMuch = ++this.#sectionCount >= SECTIONS_MAX
      return type !== SectionType.END && !this.isTooMuch
    })
    if (this.isTooMuch) this.#damage(this.sectionEnds.at(-1) ?? 0, 'file', `has more than ${SECTIONS_MAX} sections`)
    if (end === 'no end') this.#damage(bytes.length, 'file', 'the end section is missing: the file was cut off')
    if (!this.#hasKeySection) {
      this.#damage(bytes.length, 'file', 'the section with the keys is missing')
    }
  }

  #damage(at: number, where: string, text: string): void {
    this.#damageCount++
    if (this.#damages.length < DAMAGES_SHOWN_MAX) this.#damages.push({ at, where, text })
  }

  /** Hands each section from `from` to `to` to `visit` until it returns false; how it ended. */
  #walk(
    from: number,
    to: number,
    cookie: number,
    where: string,
    visit: (type: number, at: number, size: number) => boolean,
  ): 'stopped' | 'no end' | 'damaged' {
    let at = from
    while (to - at >= SECTION_HEADER_BYTES) {
      const header = decodePrefix(SectionHeader, this.bytes.subarray(at, at + SECTION_HEADER_BYTES))!.value
      if (header.cookie !== cookie) {
        const is = `0x${header.cookie.toString(16).padStart(4, '0')}`
        this.#damage(at, where, `no section begins here (its mark is ${is}): all behind it is lost`)
        return 'damaged'
      }
      at += SECTION_HEADER_BYTES
      if (header.size > to - at) {
        this.#damage(at, nameOf(header.type), `announces ${header.size} bytes, but ${to - at} are left: cut off`)
        return 'damaged'
      }
      if (!visit(header.type, at, header.size)) return 'stopped'
      at += header.size
    }
    if (at === to) return 'no end'
    this.#damage(at, where, `${to - at} bytes are no section`)
    return 'damaged'
  }

  #section(type: number, at: number, size: number): void {
    const name = nameOf(type)
    const holds = this.#contents(type, at, this.bytes.subarray(at, at + size), (offset, text) =>
      this.#damage(at + offset, name, text),
    )
    if (this.#sections.length < SECTIONS_SHOWN_MAX) this.#sections.push({ at, type, name, size, holds })
  }

  /** Judges the contents of one section and says what they are. */
  #contents(type: number, at: number, bytes: Uint8Array, damage: (offset: number, text: string) => void): string {
    switch (type) {
      case SectionType.NOSPAM_AND_KEYS:
        return this.#keys(bytes, damage)
      case SectionType.FRIENDS:
        return this.#friends(bytes, damage)
      case SectionType.NAME:
        return textSection(bytes, NAME_MAX_BYTES, damage)
      case SectionType.STATUS_MESSAGE:
        return textSection(bytes, STATUS_MESSAGE_MAX_BYTES, damage)
      case SectionType.STATUS:
        if (bytes.length !== 1) damage(0, `has ${bytes.length} bytes instead of 1`)
        else if (bytes[0]! >= USER_STATUSES.length) damage(0, `there is no status ${bytes[0]}`)
        return bytes[0] === 0 ? 'online' : (USER_STATUSES[bytes[0] ?? -1] ?? 'unknown')
      case SectionType.DHT:
        return this.#dht(at, bytes)
      case SectionType.TCP_RELAYS:
        return nodeList(bytes, nodeOrRelay, damage)
      case SectionType.PATH_NODES:
        return nodeList(bytes, nodeInfo, damage)
      case SectionType.CONFERENCES:
        return this.#conferences(bytes, damage)
      case SectionType.END:
        if (bytes.length > 0) damage(0, `is not empty: ${bytes.length} bytes`)
        return ''
      default:
        return 'kept as it is'
    }
  }

  #keys(bytes: Uint8Array, damage: (offset: number, text: string) => void): string {
    this.#hasKeySection = true
    const keys = decode(NospamAndKeys, bytes)
    if (keys === undefined) {
      damage(0, `has ${bytes.length} bytes instead of ${NospamAndKeys.maxSize}`)
      return ''
    }
    const isSound = sameBytes(this.crypto.publicKeyOf(keys.secretKey), keys.publicKey)
    keys.secretKey.fill(0)
    if (!isSound) damage(4, 'the public key is not that of the secret key')
    if (isSound) this.ownKey = keys.publicKey
    return isSound ? `public key ${toHex(keys.publicKey)}` : ''
  }

  #friends(bytes: Uint8Array, damage: (offset: number, text: string) => void): string {
    let [confirmed, pending] = [0, 0]
    for (let at = 0; at + FRIEND_RECORD_BYTES <= bytes.length; at += FRIEND_RECORD_BYTES) {
      const record = decode(FriendRecord, bytes.subarray(at, at + FRIEND_RECORD_BYTES))!
      const number = at / FRIEND_RECORD_BYTES
      // An empty place.
      if (record.state === 0) continue
      const friend = friendOfRecord(record)
      const key = bytesKey(record.publicKey)
      if (friend === undefined) damage(at, `friend ${number}: a request that can't be sent`)
      else if (!isPublicKey(record.publicKey)) damage(at + 1, `friend ${number}: no public key`)
      else if (this.#friendKeys.has(key)) damage(at + 1, `friend ${number}: the same key as another friend`)
      else if (this.ownKey !== undefined && sameBytes(record.publicKey, this.ownKey))
        damage(at + 1, `friend ${number}: our own key`)
      else {
        this.#friendKeys.add(key)
        if (friend.state === 'pending') {
          pending++
          continue
        }
        confirmed++
        if (record.nameSize > NAME_MAX_BYTES) damage(at, `friend ${number}: a name of ${record.nameSize} bytes`)
        if (record.statusMessageSize > STATUS_MESSAGE_MAX_BYTES) {
          damage(at, `friend ${number}: a status message of ${record.statusMessageSize} bytes`)
        }
        if (record.status >= USER_STATUSES.length) damage(at, `friend ${number}: there is no status ${record.status}`)
      }
    }
    const rest = bytes.length % FRIEND_RECORD_BYTES
    if (rest > 0) damage(bytes.length - rest, `${rest} bytes of a friend whose record has ${FRIEND_RECORD_BYTES}`)
    return `${count(confirmed, 'friend')}${pending > 0 ? `, ${count(pending, 'request')} on the way` : ''}`
  }

  #dht(at: number, bytes: Uint8Array): string {
    const name = nameOf(SectionType.DHT)
    if (bytes.length < DHT_COOKIE_BYTES) {
      this.#damage(at, name, `has ${bytes.length} bytes, too few for anything`)
      return ''
    }
    if (decode(u32le, bytes.subarray(0, DHT_COOKIE_BYTES)) !== 0x0159000d) {
      this.#damage(at, name, 'does not begin as such a section does')
      return ''
    }
    let holds = ''
    this.#walk(at + DHT_COOKIE_BYTES, at + bytes.length, DHT_SECTION_COOKIE, name, (type, inner, size) => {
      if (type !== DHT_NODES_TYPE) return true
      const list = this.bytes.subarray(inner, inner + size)
      holds = nodeList(list, nodeInfo, (offset, text) => this.#damage(inner + offset, name, text))
      return true
    })
    return holds
  }

  #conferences(bytes: Uint8Array, damage: (offset: number, text: string) => void): string {
    const conferences = readConferences(bytes)
    if (conferences === undefined) damage(0, 'a conference in it cannot be read')
    else if (this.ownKey !== undefined && !acceptsConferences(bytes, this.ownKey)) {
      damage(0, 'somebody else has our place in a conference')
    }
    return count(conferences?.length ?? 0, 'conference')
  }
}

function textSection(bytes: Uint8Array, max: number, damage: (offset: number, text: string) => void): string {
  if (bytes.length > max) damage(0, `has ${bytes.length} bytes, at most ${max} are allowed`)
  return ''
}

/** One bad node spoils the list behind it. */
function nodeList(bytes: Uint8Array, schema: Schema<unknown>, damage: (offset: number, text: string) => void): string {
  const reader = new Reader(bytes)
  let nodes = 0
  while (reader.left > 0) {
    const at = reader.at
    schema.read(reader)
    if (reader.failed) {
      damage(at, `node ${nodes} cannot be read`)
      break
    }
    nodes++
  }
  return count(nodes, 'node')
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
