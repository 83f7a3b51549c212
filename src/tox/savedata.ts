// Savedata: the `.tox` file, written by us and by every client on c-toxcore. Spec: State Format.
// Damage is judged as c-toxcore 0.2.18 judges it, section by section: a list of nodes that cannot be read costs the nodes, a
// friend that cannot be one is left out, and only what would lose the profile's identity or structure refuses the file. One
// thing differs: c-toxcore then hands out a half-loaded instance beside its error, and a client that saves it destroys the
// profile. Here the answer is the error alone.

import { bytesKey, concatBytes, fail, isZero, ok, type Result, sameBytes } from '../base/index.js'
import { decode, encode, u8, u32le } from '../codec/index.js'
import type { Crypto, LongTermKeyPair, LongTermPublicKey } from '../crypto/index.js'
import { isEncrypted } from '../encryptsave/index.js'
import { NOSPAM_BYTES } from '../packet/friend/friend-request.js'
import { NAME_MAX_BYTES } from '../packet/messenger/nickname.js'
import { STATUS_MESSAGE_MAX_BYTES } from '../packet/messenger/status-message.js'
import { isPublicKey } from '../packet/messenger/tox-id.js'
import { USER_STATUSES, type UserStatus } from '../packet/messenger/user-status.js'
import type { NodeInfo, RelayInfo } from '../packet/node-info.js'
import {
  acceptsConferences,
  Conference,
  FRIEND_RECORD_BYTES,
  FriendRecord,
  friendOfRecord,
  NospamAndKeys,
  PATH_NODES_MAX,
  readConferences,
  readDhtNodes,
  readNodes,
  readRelays,
  readSections,
  recordOfFriend,
  type SavedFriend,
  SECTION_COOKIE,
  type Section,
  SectionType,
  TCP_RELAYS_MAX,
  writeDhtNodes,
  writeNodes,
  writeRelays,
  writeSections,
} from '../packet/savedata/index.js'

export type { ConfirmedFriend, PendingFriend, SavedFriend } from '../packet/savedata/index.js'

/** A section that this version keeps without reading it, byte for byte: groups, and what is not known yet. */
export interface OtherSection {
  readonly type: number
  readonly bytes: Uint8Array
  /** The type of the known section that it stands behind, 0 at the start: so it is written back to its place. */
  readonly after: number
}

/** A profile: what a Tox instance keeps between two runs. Names and messages are bytes, meant to be UTF-8. */
export interface Savedata {
  /** 4 bytes, as in the Tox ID. */
  readonly nospam: Uint8Array
  readonly longTerm: LongTermKeyPair
  /** At most 128 bytes. */
  readonly name: Uint8Array
  /** At most 1,007 bytes. */
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  /** In the order of their friend numbers; no two with the same key. */
  readonly friends: readonly SavedFriend[]
  /** The first 1,285 are written. */
  readonly dhtNodes: readonly NodeInfo[]
  /** The first 8 are written. */
  readonly relays: readonly RelayInfo[]
  /** First nodes for onion paths; the first 8 are written. */
  readonly pathNodes: readonly NodeInfo[]
  readonly conferences: readonly Conference[]
  readonly others: readonly OtherSection[]
}

/** `TOX_ERR_NEW_LOAD_BAD_FORMAT` and `TOX_ERR_NEW_LOAD_ENCRYPTED`. */
export type SavedataError = 'bad-format' | 'encrypted'

/** What reading needs: keys are checked against each other, and a file that has none is given fresh ones, as in C. */
export type SavedataCrypto = Pick<Crypto, 'publicKeyOf' | 'keyPair' | 'randomFill'>

const FILE_MAGIC = 0x15ed1b1f
/** Four zeros and the magic. */
const FILE_HEADER_BYTES = 8

const ORDER = [
  SectionType.NOSPAM_AND_KEYS,
  SectionType.DHT,
  SectionType.FRIENDS,
  SectionType.NAME,
  SectionType.STATUS_MESSAGE,
  SectionType.STATUS,
  SectionType.TCP_RELAYS,
  SectionType.PATH_NODES,
  SectionType.CONFERENCES,
] as const
const KNOWN: ReadonlySet<number> = new Set(ORDER)

/** A new profile: fresh keys and nospam, nothing else. */
export function freshSavedata(crypto: SavedataCrypto): Savedata {
  return new Loading(crypto).profile
}

/** The profile of a whole `.tox` file. Nothing in the answer is a view into `file`. */
export function parseSavedata(file: Uint8Array, crypto: SavedataCrypto): Result<Savedata, SavedataError> {
  // A Buffer's `slice` makes views, an Uint8Array's makes copies.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  if (isEncrypted(bytes)) return fail('encrypted')
  if (bytes.length < FILE_HEADER_BYTES) return fail('bad-format')
  const head = bytes.subarray(0, FILE_HEADER_BYTES)
  if (!isZero(head.subarray(0, 4)) || decode(u32le, head.subarray(4)) !== FILE_MAGIC) return fail('bad-format')
  const loading = new Loading(crypto)
  let accepted = true
  const whole = readSections(bytes.subarray(FILE_HEADER_BYTES), SECTION_COOKIE, (section) => {
    if (section.type === SectionType.END) {
      accepted = section.bytes.length === 0
      return false
    }
    accepted = loading.accept(section)
    return accepted
  })
  return whole && accepted ? ok(loading.profile) : fail('bad-format')
}

/** The `.tox` file of a profile. Throws RangeError for a field that is too long. */
export function encodeSavedata(savedata: Savedata): Uint8Array {
  const sections: Section[] = othersAfter(savedata, 0)
  for (const type of ORDER) {
    sections.push({ type, bytes: contents(savedata, type) }, ...othersAfter(savedata, type))
  }
  sections.push({ type: SectionType.END, bytes: new Uint8Array(0) })
  return concatBytes(new Uint8Array(4), encode(u32le, FILE_MAGIC), writeSections(sections, SECTION_COOKIE))
}

function othersAfter({ others }: Savedata, type: number): Section[] {
  return others.filter(({ after }) => after === type)
}

function contents(savedata: Savedata, type: (typeof ORDER)[number]): Uint8Array {
  switch (type) {
    case SectionType.NOSPAM_AND_KEYS: {
      // By name: a key pair that guards its secret does not spread it.
      const { publicKey, secretKey } = savedata.longTerm
      return encode(NospamAndKeys, { nospam: savedata.nospam, publicKey, secretKey })
    }
    case SectionType.DHT:
      return writeDhtNodes(savedata.dhtNodes)
    case SectionType.FRIENDS:
      return concatBytes(...savedata.friends.map((friend) => encode(FriendRecord, recordOfFriend(friend))))
    case SectionType.NAME:
      return atMost(savedata.name, NAME_MAX_BYTES, 'name')
    case SectionType.STATUS_MESSAGE:
      return atMost(savedata.statusMessage, STATUS_MESSAGE_MAX_BYTES, 'status message')
    case SectionType.STATUS:
      return encode(u8, USER_STATUSES.indexOf(savedata.status))
    case SectionType.TCP_RELAYS:
      return writeRelays(savedata.relays.slice(0, TCP_RELAYS_MAX))
    case SectionType.PATH_NODES:
      return writeNodes(savedata.pathNodes.slice(0, PATH_NODES_MAX))
    case SectionType.CONFERENCES:
      return concatBytes(...savedata.conferences.map((conference) => encode(Conference, conference)))
    default:
      return type satisfies never
  }
}

function atMost(text: Uint8Array, max: number, what: string): Uint8Array {
  if (text.length > max) throw new RangeError(`${what}: ${text.length} bytes, at most ${max}`)
  return text
}

/** A profile while its sections come in. A section may come twice: lists add up, the rest is replaced. */
class Loading {
  #identity: Pick<Savedata, 'nospam' | 'longTerm'>
  #name = new Uint8Array(0)
  #statusMessage = new Uint8Array(0)
  #status: UserStatus = 'none'
  #dhtNodes: NodeInfo[] = []
  #relays: RelayInfo[] = []
  readonly #friends = new Map<string, SavedFriend>()
  readonly #pathNodes = new Map<string, NodeInfo>()
  readonly #conferences: Conference[] = []
  readonly #others: OtherSection[] = []
  #last = 0

  constructor(readonly crypto: SavedataCrypto) {
    const nospam = new Uint8Array(NOSPAM_BYTES)
    crypto.randomFill(nospam)
    this.#identity = { nospam, longTerm: crypto.keyPair() }
  }

  get profile(): Savedata {
    return {
      ...this.#identity,
      name: this.#name,
      statusMessage: this.#statusMessage,
      status: this.#status,
      friends: [...this.#friends.values()],
      dhtNodes: this.#dhtNodes,
      relays: this.#relays,
      pathNodes: [...this.#pathNodes.values()].slice(0, PATH_NODES_MAX),
      conferences: this.#conferences,
      others: this.#others,
    }
  }

  /** Takes one section in; false when c-toxcore would refuse the file for it. */
  accept({ type, bytes }: Section): boolean {
    if (!KNOWN.has(type)) return this.#keep({ type, bytes })
    this.#last = type
    switch (type as (typeof ORDER)[number]) {
      case SectionType.NOSPAM_AND_KEYS:
        return this.#acceptIdentity(bytes)
      case SectionType.DHT:
        this.#dhtNodes = readDhtNodes(bytes) ?? this.#dhtNodes
        return true
      case SectionType.FRIENDS:
        return this.#acceptFriends(bytes)
      case SectionType.NAME:
        if (bytes.length > 0 && bytes.length <= NAME_MAX_BYTES) this.#name = bytes.slice()
        return true
      case SectionType.STATUS_MESSAGE:
        if (bytes.length > 0 && bytes.length <= STATUS_MESSAGE_MAX_BYTES) this.#statusMessage = bytes.slice()
        return true
      case SectionType.STATUS:
        if (bytes.length === 1) this.#status = USER_STATUSES[bytes[0]!] ?? this.#status
        return true
      case SectionType.TCP_RELAYS:
        if (bytes.length > 0) this.#relays = readRelays(bytes) ?? []
        return true
      case SectionType.PATH_NODES:
        for (const node of readNodes(bytes, PATH_NODES_MAX) ?? []) this.#addPathNode(node)
        return true
      case SectionType.CONFERENCES:
        return this.#acceptConferences(bytes)
    }
  }

  #keep({ type, bytes }: Section): boolean {
    this.#others.push({ type, bytes: bytes.slice(), after: this.#last })
    return true
  }

  #acceptConferences(bytes: Uint8Array): boolean {
    // A copy: titles and names are views into it.
    const conferences = readConferences(bytes.slice())
    if (conferences === undefined || !acceptsConferences(bytes, this.#ownKey)) return false
    this.#conferences.push(...conferences)
    return true
  }

  #acceptIdentity(bytes: Uint8Array): boolean {
    const keys = decode(NospamAndKeys, bytes)
    if (keys === undefined) return false
    const { nospam, publicKey, secretKey } = keys
    this.#identity = { nospam, longTerm: { publicKey, secretKey } }
    return sameBytes(this.crypto.publicKeyOf(secretKey), publicKey)
  }

  #acceptFriends(bytes: Uint8Array): boolean {
    if (bytes.length % FRIEND_RECORD_BYTES !== 0) return false
    for (let at = 0; at < bytes.length; at += FRIEND_RECORD_BYTES) {
      const friend = friendOfRecord(decode(FriendRecord, bytes.subarray(at, at + FRIEND_RECORD_BYTES))!)
      if (friend !== undefined) this.#addFriend(friend)
    }
    return true
  }

  /** Adds a friend as the user would: the first of two with the same key stays, but a second request renews its nospam. */
  #addFriend(friend: SavedFriend): void {
    if (!isPublicKey(friend.publicKey) || sameBytes(friend.publicKey, this.#ownKey)) return
    const key = bytesKey(friend.publicKey)
    const known = this.#friends.get(key)
    if (known === undefined) this.#friends.set(key, friend)
    else if (known.state === 'pending' && friend.state === 'pending') {
      this.#friends.set(key, { ...known, nospam: friend.nospam })
    }
  }

  #addPathNode(node: NodeInfo): void {
    if (isZero(node.publicKey)) return
    const key = bytesKey(node.publicKey)
    if (!this.#pathNodes.has(key)) this.#pathNodes.set(key, node)
  }

  get #ownKey(): LongTermPublicKey {
    return this.#identity.longTerm.publicKey
  }
}
