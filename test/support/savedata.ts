// A profile that has something in every section, the files of ../shared/vectors, and seeded damage.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Endpoint, type Random, toUtf8 } from '../../src/base/index.js'
import type { Crypto, DhtPublicKey, LongTermPublicKey } from '../../src/crypto/index.js'
import type { NodeInfo } from '../../src/packet/node-info.js'
import { type Conference, type SavedFriend, SectionType } from '../../src/packet/savedata/index.js'
import type { Savedata } from '../../src/tox/savedata.js'
import { seededRandom } from './env.js'

const VECTORS = new URL('../../../shared/vectors/', import.meta.url)

export interface VectorFile {
  name: string
  bytes: Uint8Array
}

/** The savedata files beside the project; empty where that folder is absent. */
export function savedataVectors(): VectorFile[] {
  return ['savedata/', 'fuzz-corpus/toxsave_fuzz_test/'].flatMap((folder) => {
    const url = new URL(folder, VECTORS)
    if (!existsSync(url)) return []
    return readdirSync(url)
      .sort()
      .map((name) => ({ name: folder + name, bytes: new Uint8Array(readFileSync(new URL(name, url))) }))
  })
}

/** A public key that c-toxcore accepts from a user: its highest bit is clear. */
function someKey<K extends Uint8Array>(random: Random): K {
  const key = random.bytes(32)
  key[31]! &= 0x7f
  return key as K
}

/** Friends in all states, nodes of both families, a conference, and sections that nobody knows. */
export function richProfile(crypto: Pick<Crypto, 'publicKeyOf'>, seed = 1): Savedata {
  const random = seededRandom(seed)
  const secretKey = random.bytes(32) as Savedata['longTerm']['secretKey']
  const longTerm = { publicKey: crypto.publicKeyOf<LongTermPublicKey>(secretKey), secretKey }
  const node = (ip: string): NodeInfo => ({
    endpoint: Endpoint.parse(ip, 1 + random.uniform(65_535))!,
    publicKey: someKey<DhtPublicKey>(random),
  })
  const friends: SavedFriend[] = [
    {
      state: 'confirmed',
      publicKey: someKey(random),
      ...spoken('Ada', 'away from the engine', 'away'),
      lastSeenUnix: 0,
    },
    { state: 'pending', publicKey: someKey(random), nospam: random.bytes(4), requestMessage: toUtf8('It is me') },
    { state: 'confirmed', publicKey: someKey(random), ...spoken('', '', 'none'), lastSeenUnix: 1_700_000_000 },
    { state: 'pending', publicKey: someKey(random), nospam: random.bytes(4), requestMessage: random.bytes(1016) },
    {
      state: 'confirmed',
      publicKey: someKey(random),
      name: random.bytes(128),
      statusMessage: random.bytes(1007),
      status: 'busy',
      lastSeenUnix: 4_294_967_296,
    },
  ]
  const peer = (peerNumber: number) => ({
    publicKey: someKey<LongTermPublicKey>(random),
    dhtPublicKey: someKey<DhtPublicKey>(random),
    peerNumber,
    lastActive: 12n,
    name: toUtf8(`peer ${peerNumber}`),
  })
  const conference = (count: number): Conference => ({
    type: 0,
    id: random.bytes(32),
    messageNumber: 3,
    lossyMessageNumber: 4,
    peerNumber: 5,
    peerCount: count,
    title: toUtf8('Tea at five'),
    peers: Array.from({ length: count }, (_, i) => peer(i + 6)),
  })
  return {
    nospam: random.bytes(4),
    longTerm,
    ...spoken('Grace', 'all hands', 'busy'),
    friends,
    dhtNodes: ['192.0.2.1', '2001:db8::1', '198.51.100.7'].map(node),
    relays: ['192.0.2.9', '2001:db8::9'].map(node).map(({ endpoint, publicKey }) => ({ relay: endpoint, publicKey })),
    pathNodes: ['192.0.2.5', '2001:db8::5'].map(node),
    conferences: [conference(0), conference(3)],
    others: [
      { type: 777, bytes: random.bytes(9), after: 0 },
      { type: 778, bytes: new Uint8Array(0), after: SectionType.FRIENDS },
      { type: SectionType.GROUPS, bytes: random.bytes(40), after: SectionType.CONFERENCES },
    ].map((other) => ({ ...other, bytes: new Uint8Array(other.bytes) })),
  }
}

function spoken(name: string, statusMessage: string, status: Savedata['status']) {
  return { name: toUtf8(name), statusMessage: toUtf8(statusMessage), status }
}

/** A copy with some damage: bits flipped, bytes set to telling values, a stretch cut out, doubled or moved, or an end lost. */
export function damaged(file: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(file)
  for (let times = 1 + random.uniform(3); times > 0; times--) {
    const at = random.uniform(Math.max(bytes.length, 1))
    const end = Math.min(bytes.length, at + 1 + random.uniform(64))
    const [before, stretch, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
    switch (random.uniform(8)) {
      case 0:
        bytes[at]! ^= 1 << random.uniform(8)
        break
      case 1:
        bytes[at] = TELLING[random.uniform(TELLING.length)]!
        break
      case 2:
        bytes = Uint8Array.from([...before, ...after])
        break
      case 3:
        bytes = Uint8Array.from([...before, ...stretch, ...stretch, ...after])
        break
      case 4:
        bytes = bytes.slice(0, at)
        break
      case 5:
        stretch.fill(TELLING[random.uniform(TELLING.length)]!)
        break
      default:
        damageHeader(bytes, random)
    }
  }
  return bytes
}

const TELLING = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 20, 21, 127, 128, 129, 130, 138, 255]

/** Random places hit friends alone, who are most of the file: this hits headers and the short sections. */
function damageHeader(bytes: Uint8Array, random: Random): void {
  const places: number[] = []
  for (let at = 0; at + 1 < bytes.length; at++) if (bytes[at] === 0xce && bytes[at + 1] === 0x01) places.push(at)
  if (places.length === 0) return
  const at = places[random.uniform(places.length)]! - 6 + random.uniform(24)
  if (at >= 0 && at < bytes.length) bytes[at] = random.uniform(2) === 0 ? random.uniform(256) : bytes[at]! + 1
}
