// What a node sends for the smallest packet of each kind that gets anything out of it, bytes in against bytes out. Each kind has its
// row in doc/security.md with the same figures, and a kind without one fails here.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import { GuardedKeyPair } from '../../src/crypto/index.js'
import type { EphemeralPublicKey, Nonce } from '../../src/crypto/keys.js'
import { BOOTSTRAP_INFO_REQUEST_BYTES, dhtRequestPacket } from '../../src/packet/dht/index.js'
import { forwarding, forwardReply, forwardRequest } from '../../src/packet/forwarding/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import {
  AnnounceAnswer,
  AnnounceResponse,
  ExitLayer,
  Layer2,
  Onion1,
  Onion2,
  OnionResponse1,
  OnionResponse2,
  OnionResponse3,
  ReturnableDataRequest,
  ReturnableGroupAnnounceRequest,
} from '../../src/packet/onion/index.js'
import type { SimEngine, SimHost, SimNode } from '../../src/sim/index.js'
import { NetworkNode } from '../../src/tox/network-node.js'
import { Asker } from '../announce/asker.js'
import { Switchboard } from '../support/env.js'
import { Attacker } from './attacker.js'
import { Siege, stranger } from './siege.js'

type Kind = keyof typeof PacketKind

/** Bytes of the smallest request and of all that leaves for it, a ping back to an unknown asker not counted (82 bytes, rarely). */
interface Figures {
  readonly bytesIn: number
  readonly bytesOut: number
}

const PING_BYTES = 82
const VICTIM = stranger(1_000_000)

class Scene {
  #strangers = 0

  private constructor(
    readonly siege: Siege,
    readonly node: SimHost<SimNode>,
  ) {}

  static async create(): Promise<Scene> {
    const siege = await Siege.begin('packet kinds')
    siege.befriend()
    return new Scene(siege, siege.nodes[1]!)
  }

  get key() {
    return this.node.engine.dhtPublicKey
  }

  attacker(): Attacker {
    return new Attacker(this.siege.counter.crypto)
  }

  asker(): Asker {
    return new Asker(this.siege.counter.crypto, this.key)
  }

  /** An address that has sent nothing yet. */
  from(): Endpoint {
    return stranger(++this.#strangers)
  }

  /** What `target` sends within two seconds to strangers, or what `counts`. Pings back are left out. */
  sent(
    packet: Uint8Array,
    from: Endpoint = this.from(),
    target: SimHost<SimEngine> = this.node,
    counts: (to: Endpoint, packet: Uint8Array) => boolean = (to) => to.address[0] === 60,
  ): { to: Endpoint; packet: Uint8Array }[] {
    const { world } = this.siege
    const sent: { to: Endpoint; packet: Uint8Array }[] = []
    world.setFilter(({ to, packet }) => {
      const isPing = packet[0] === PacketKind.PING_REQUEST && packet.length === PING_BYTES
      if (counts(to, packet) && !isPing) sent.push({ to, packet: packet.slice() })
      return true
    })
    target.deliver(from, packet)
    world.run(2_000)
    world.setFilter(undefined)
    return sent
  }

  figures(
    packet: Uint8Array,
    ...rest: [Endpoint?, SimHost<SimEngine>?, ((to: Endpoint, packet: Uint8Array) => boolean)?]
  ) {
    const sent = this.sent(packet, ...rest)
    return { bytesIn: packet.length, bytesOut: sent.reduce((sum, one) => sum + one.packet.length, 0) }
  }

  /** A packet that an exit would pass on with these bytes behind it: what the node makes of one, and the way back in it. */
  exited(attacker = this.attacker()): { onion: Uint8Array; returnPath: Uint8Array } {
    const exit = attacker.seal(this.key, encode(ExitLayer, { to: VICTIM, data: Uint8Array.of(0x83) }))
    const { publicKey } = attacker
    const returnPath = new Uint8Array(118)
    const onion = encode(Onion2, { kind: PacketKind.ONION_2, ...exit, publicKey: publicKey as never, returnPath })
    const [out] = this.sent(onion)
    return { onion, returnPath: out!.packet.subarray(1) }
  }

  hop2(): { onion: Uint8Array; returnPath: Uint8Array } {
    const attacker = this.attacker()
    const publicKey = attacker.publicKey as never
    const layer = encode(Layer2, { to: VICTIM, publicKey, sealed: new Uint8Array(19 + 1 + 16) })
    const { nonce, sealed } = attacker.seal(this.key, layer)
    const returnPath = new Uint8Array(59)
    const onion = encode(Onion1, { kind: PacketKind.ONION_1, nonce, publicKey, sealed, returnPath })
    const [out] = this.sent(onion)
    return { onion, returnPath: decode(Onion2, out!.packet)!.returnPath }
  }

  hop1(): { onion: Uint8Array; returnPath: Uint8Array } {
    const attacker = this.attacker()
    const hop = { endpoint: VICTIM, publicKey: this.key }
    const onion = attacker.onion([{ ...hop, endpoint: this.node.endpoint }, hop, hop], VICTIM, Uint8Array.of(0x83))
    const [out] = this.sent(onion)
    return { onion, returnPath: decode(Onion1, out!.packet)!.returnPath }
  }

  /** Announces an attacker's key through the onion's last hop, as it should be. */
  announced(from: Endpoint): Attacker {
    const attacker = this.attacker()
    const [first] = this.sent(attacker.announce(this.key), from)
    const response = decode(AnnounceResponse, decode(OnionResponse3, first!.packet)!.data)!
    const plain = attacker.open(this.key, response.nonce, response.sealed)!
    this.sent(attacker.announce(this.key, decode(AnnounceAnswer, plain)!.pingIdOrKey), from)
    return attacker
  }

  /** Stores the largest announcement there is; with the tag that a search told. */
  stored(from: Endpoint, content: Uint8Array) {
    const asker = this.asker()
    const [found] = this.sent(asker.search(), from)
    const { auth } = asker.found(found!.packet)!.answer!
    const announce = asker.announce(auth, content)
    return { asker, auth, announce, figures: this.figures(announce, from) }
  }
}

/** Bytes that an onion packet's answer must begin with to be passed back. */
const ANSWER = Uint8Array.of(PacketKind.ANNOUNCE_RESPONSE_OLD)
const NOTHING = new Uint8Array(0)

/** How to get the most out of each kind; `nothing` for those that are never answered. */
const KINDS: Record<Kind, 'nothing' | ((scene: Scene) => Figures)> = {
  PING_REQUEST: (scene) => scene.figures(scene.attacker().ping(scene.key)),
  PING_RESPONSE: 'nothing',
  NODES_REQUEST: (scene) => scene.figures(scene.attacker().askNodes(scene.key)),
  NODES_RESPONSE: 'nothing',
  COOKIE_REQUEST: (scene) => {
    const { alice } = scene.siege
    return scene.figures(scene.attacker().cookieRequest(alice.engine.dhtPublicKey), scene.from(), alice)
  },
  COOKIE_RESPONSE: 'nothing',
  CRYPTO_HANDSHAKE: 'nothing',
  CRYPTO_DATA: 'nothing',
  DHT_REQUEST: (scene) => {
    const { publicKey, siege } = { publicKey: scene.attacker().publicKey, siege: scene.siege }
    const packet = encode(dhtRequestPacket, {
      kind: PacketKind.DHT_REQUEST,
      recipient: siege.nodes[2]!.engine.dhtPublicKey,
      sender: publicKey,
      nonce: new Uint8Array(24) as Nonce,
      box: new Uint8Array(17),
    })
    const isPassedOn = (_: Endpoint, { length, 0: kind }: Uint8Array) =>
      kind === PacketKind.DHT_REQUEST && length === packet.length
    return scene.figures(packet, scene.from(), scene.node, isPassedOn)
  },
  LAN_DISCOVERY: 'nothing',
  ONION_INITIAL: (scene) => scene.figures(scene.hop1().onion),
  ONION_1: (scene) => scene.figures(scene.hop2().onion),
  ONION_2: (scene) => scene.figures(scene.exited().onion),
  ANNOUNCE_REQUEST_OLD: (scene) => scene.figures(scene.attacker().announce(scene.key)),
  ANNOUNCE_RESPONSE_OLD: 'nothing',
  DATA_TO_ROUTE_REQUEST: (scene) => {
    const destination = scene.announced(scene.from())
    const packet = encode(ReturnableDataRequest, {
      kind: PacketKind.DATA_TO_ROUTE_REQUEST,
      destination: destination.longTermPublicKey,
      nonce: new Uint8Array(24) as Nonce,
      publicKey: destination.publicKey as unknown as EphemeralPublicKey,
      sealed: new Uint8Array(17),
      returnPath: new Uint8Array(177),
    })
    return scene.figures(packet)
  },
  DATA_TO_ROUTE_RESPONSE: 'nothing',
  ANNOUNCE_REQUEST: (scene) => {
    const attacker = scene.attacker()
    const kind = PacketKind.ANNOUNCE_REQUEST
    const old = attacker.announce(scene.key)
    old[0] = kind
    assert.notEqual(decode(ReturnableGroupAnnounceRequest, old), undefined)
    return scene.figures(old)
  },
  ANNOUNCE_RESPONSE: 'nothing',
  ONION_RESPONSE_3: (scene) => {
    const { returnPath } = scene.exited()
    return scene.figures(encode(OnionResponse3, { kind: PacketKind.ONION_RESPONSE_3, returnPath, data: ANSWER }))
  },
  ONION_RESPONSE_2: (scene) => {
    const { returnPath } = scene.hop2()
    return scene.figures(encode(OnionResponse2, { kind: PacketKind.ONION_RESPONSE_2, returnPath, data: ANSWER }))
  },
  ONION_RESPONSE_1: (scene) => {
    const { returnPath } = scene.hop1()
    return scene.figures(encode(OnionResponse1, { kind: PacketKind.ONION_RESPONSE_1, returnPath, data: ANSWER }))
  },
  FORWARD_REQUEST: (scene) => scene.figures(forwardTo(scene), scene.from(), scene.node, isForwarding),
  FORWARDING: (scene) => {
    const { asker } = scene.stored(scene.from(), NOTHING)
    const data = asker.search()
    return scene.figures(encode(forwarding, { kind: PacketKind.FORWARDING, sendback: Uint8Array.of(1), data }))
  },
  FORWARD_REPLY: (scene) => {
    const [out] = scene.sent(forwardTo(scene), scene.from(), scene.node, isForwarding)
    const { sendback } = decode(forwarding, out!.packet)!
    return scene.figures(encode(forwardReply, { kind: PacketKind.FORWARD_REPLY, sendback, data: NOTHING }))
  },
  DATA_SEARCH_REQUEST: (scene) => scene.figures(scene.stored(scene.from(), NOTHING).asker.search()),
  DATA_SEARCH_RESPONSE: 'nothing',
  DATA_RETRIEVE_REQUEST: (scene) => {
    const from = scene.from()
    const { asker, auth } = scene.stored(from, new Uint8Array(512))
    return scene.figures(asker.retrieve(auth), from)
  },
  DATA_RETRIEVE_RESPONSE: 'nothing',
  STORE_ANNOUNCE_REQUEST: (scene) => scene.stored(scene.from(), NOTHING).figures,
  STORE_ANNOUNCE_RESPONSE: 'nothing',
  BOOTSTRAP_INFO: ({ siege }) => {
    const { crypto } = siege.counter
    const { env } = new Switchboard().host()
    let bytesOut = 0
    const count = (_: Endpoint, packet: Uint8Array): void => void (bytesOut += packet.length)
    const udp = { send: count, reserve: (_: Endpoint, size: number) => new Uint8Array(size) }
    const keyPair = new GuardedKeyPair(crypto.keyPair()) as never
    const node = new NetworkNode({
      env,
      crypto,
      udp,
      keyPair,
      bootstrapInfo: { version: 1, motd: new Uint8Array(255) },
    })
    node.receive(VICTIM, Uint8Array.of(PacketKind.BOOTSTRAP_INFO, ...new Uint8Array(BOOTSTRAP_INFO_REQUEST_BYTES - 1)))
    node.close()
    return { bytesIn: BOOTSTRAP_INFO_REQUEST_BYTES, bytesOut }
  },
}

const isForwarding = (_: Endpoint, packet: Uint8Array): boolean => packet[0] === PacketKind.FORWARDING

const forwardTo = ({ siege }: Scene): Uint8Array => {
  const recipient = siege.nodes[2]!.engine.dhtPublicKey
  return encode(forwardRequest, { kind: PacketKind.FORWARD_REQUEST, recipient, data: NOTHING })
}

/** `| KIND | in | out | ratio | …`, as doc/security.md has it. */
function documented(): Map<string, string[]> {
  const text = readFileSync(new URL('../../doc/security.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| `([A-Z0-9_]+)`.*$/gm)]
  return new Map(
    rows.map(([row, kind]) => [
      kind!,
      row
        .split('|')
        .slice(2, 5)
        .map((cell) => cell.trim()),
    ]),
  )
}

describe('what leaves for a packet of each kind', () => {
  let scene: Scene
  before(async () => {
    scene = await Scene.create()
  })

  for (const [kind, of] of Object.entries(KINDS)) {
    if (of === 'nothing') continue
    it(`${kind}: as doc/security.md says`, () => {
      const { bytesIn, bytesOut } = of(scene)
      assert.ok(bytesOut > 0, 'an answer that does not come was not measured')
      const ratio = bytesOut <= bytesIn ? 'at most 1' : (bytesOut / bytesIn).toFixed(1)
      assert.deepEqual(documented().get(kind), [String(bytesIn), String(bytesOut), ratio])
    })
  }

  it('is nothing for kinds that only answer, whoever claims to answer', () => {
    const { alice } = scene.siege
    const silent = Object.entries(KINDS).filter(([, of]) => of === 'nothing')
    for (const [name] of silent) {
      const kind = PacketKind[name as Kind]
      for (const target of [scene.node, alice]) {
        const sealed = [0, 9, 40, 200].map((n) =>
          scene.attacker().dht(target.engine.dhtPublicKey, kind, new Uint8Array(n).fill(1)),
        )
        const plain = [1, 33, 57, 113, 161, 385, 1_200].map((n) => new Uint8Array(n).fill(kind))
        for (const packet of [...sealed, ...plain]) {
          const { bytesOut } = scene.figures(packet, scene.from(), target)
          assert.equal(bytesOut, 0, `${name} of ${packet.length} bytes`)
        }
      }
      assert.deepEqual(documented().get(name), ['any', '0', '0'], name)
    }
  })

  it('is nothing for kinds that there are not', () => {
    const known = new Set<number>(Object.values(PacketKind))
    for (let kind = 0; kind < 256; kind++) {
      if (known.has(kind)) continue
      const packet = new Uint8Array(113).fill(kind)
      assert.equal(scene.figures(packet).bytesOut, 0, `kind ${kind}`)
    }
  }).timeout(60_000)
})
