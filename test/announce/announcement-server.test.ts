import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concatBytes, Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { EphemeralPublicKey } from '../../src/crypto/keys.js'
import { dataSearchAnswer } from '../../src/packet/announce/index.js'
import { AnnounceWorld, Client, type StoringNode } from './world.js'

const DATA = new TextEncoder().encode('where we are')
const OTHER = new TextEncoder().encode('where we went')

describe('DHT announcements', () => {
  let world: AnnounceWorld
  let node: StoringNode
  let client: Client

  beforeEach(async () => {
    world = await AnnounceWorld.create()
    node = world.node()
    client = world.client(node)
    // Long enough up to promise more than ten seconds.
    world.board.run(3600 * 1000)
  })

  const drops = (): Record<string, number> => node.env.drops.toJSON()

  it('answers a search with a tag, and whether it would store', () => {
    const packet = client.ask(client.search({ requestId: 0x0102030405060708n }))!
    assert.equal(packet.length, 73 + 32 + 1 + 32 + 1 + 1 + 8)
    const { dataPublicKey, answer, requestId } = client.found(packet)!
    assert.deepEqual(dataPublicKey, client.data.publicKey)
    assert.equal(requestId, 0x0102030405060708n)
    assert.deepEqual(
      { ...answer, auth: answer!.auth.length },
      { storedHash: undefined, auth: 32, wouldStore: true, nodes: [] },
    )
  })

  it('stores, tells that it has stored, and hands out', () => {
    const stored = client.stored(client.ask(client.announce(client.auth(), DATA))!)!
    assert.equal(stored.lifetimeSeconds, 300)
    assert.equal(Number(stored.unixSeconds), node.env.clock.unixSeconds())
    assert.equal(stored.requestId, 3n)
    const reader = world.client(node)
    const key = client.data.publicKey
    const { storedHash, auth } = reader.found(reader.ask(reader.search({ key }))!)!.answer!
    assert.deepEqual(storedHash, world.crypto.sha256(DATA))
    const handed = reader.retrieved(reader.ask(reader.retrieve(auth, { key }))!)!
    assert.deepEqual(handed, { dataPublicKey: key, isStored: 1, data: DATA, requestId: 2n })
    assert.deepEqual({ ...node.announcements.stats }, { searches: 2, retrieved: 1, stored: 1 })
  })

  it('stores nothing and all of 512 bytes', () => {
    for (const data of [new Uint8Array(), new Uint8Array(512).fill(7)]) {
      assert.ok(client.stored(client.ask(client.announce(client.auth(), data))!))
      assert.deepEqual(client.retrieved(client.ask(client.retrieve(client.auth()))!)!.data, data)
    }
  })

  it('stores nothing of 513 bytes', () => {
    assert.equal(client.ask(client.announce(client.auth(), new Uint8Array(513))), undefined)
    assert.equal(node.announcements.store.size, 0)
  })

  it('forgets when the time is over, and keeps what is renewed', () => {
    client.ask(client.announce(client.auth(), DATA))
    world.board.run(250 * 1000)
    const renewal = client.announce(client.auth(), world.crypto.sha256(DATA), { isRenewal: true, lifetimeSeconds: 100 })
    assert.equal(client.stored(client.ask(renewal)!)!.lifetimeSeconds, 100)
    world.board.run(99 * 1000)
    assert.equal(node.announcements.store.size, 1)
    world.board.run(1000)
    assert.equal(node.announcements.store.size, 0)
    assert.equal(client.found(client.ask(client.search())!)!.answer!.storedHash, undefined)
    assert.equal(client.ask(client.retrieve(client.auth())), undefined)
  })

  it('gives up what its announcer believes to be different', () => {
    client.ask(client.announce(client.auth(), DATA))
    const wrong = client.announce(client.auth(), world.crypto.sha256(OTHER), { isRenewal: true })
    assert.equal(client.ask(wrong), undefined)
    assert.equal(node.announcements.store.size, 0)
    const tooLate = client.announce(client.auth(), world.crypto.sha256(DATA), { isRenewal: true })
    assert.equal(client.ask(tooLate), undefined)
  })

  it('refuses a renewal by what is no hash, and keeps what it has', () => {
    client.ask(client.announce(client.auth(), DATA))
    const short = client.announce(client.auth(), world.crypto.sha256(DATA).subarray(1), { isRenewal: true })
    assert.equal(client.ask(short), undefined)
    assert.equal(node.announcements.store.size, 1)
  })

  it('promises a quarter of its own age, at least 10 s, at most 15 minutes', () => {
    const asked = (lifetimeSeconds: number): number =>
      client.stored(client.ask(client.announce(client.auth(), DATA, { lifetimeSeconds }))!)!.lifetimeSeconds
    assert.equal(asked(0xffff_ffff), 900)
    assert.equal(asked(5), 5)
    node = world.node()
    client = world.client(node)
    assert.equal(asked(900), 10)
    world.board.run(400 * 1000)
    assert.equal(asked(900), 100)
  })

  it('sends an answer that the asker has already as its key alone', () => {
    const { dataPublicKey, answer } = client.found(client.ask(client.search())!)!
    const previousHash = world.crypto.sha256(concatBytes(dataPublicKey, encode(dataSearchAnswer, answer!)))
    const same = client.ask(client.search({ previousHash, requestId: 9n }))!
    assert.equal(same.length, 113)
    assert.deepEqual(client.found(same), { dataPublicKey, answer: undefined, requestId: 9n })
    client.ask(client.announce(answer!.auth, DATA))
    const news = client.found(client.ask(client.search({ previousHash }))!)!
    assert.deepEqual(news.answer!.storedHash, world.crypto.sha256(DATA))
  })

  describe('tags', () => {
    it('go out of date after one to two minutes', () => {
      const auth = client.auth()
      world.board.run(58 * 1000)
      assert.ok(client.ask(client.announce(auth, DATA)))
      world.board.run(62 * 1000)
      assert.equal(client.ask(client.announce(auth, DATA)), undefined)
      assert.equal(drops()['announce/tag is not ours'], 1)
    })

    it('are good for one key, one asker and one address alone', () => {
      const auth = client.auth()
      client.ask(client.announce(auth, DATA))
      const before = drops()['announce/tag is not ours'] ?? 0
      const thief = world.client(node)
      const key = client.data.publicKey
      assert.equal(thief.ask(thief.retrieve(auth, { key })), undefined)
      assert.equal(client.ask(client.retrieve(auth, { key: thief.data.publicKey })), undefined)
      const elsewhere = client.retrieve(auth)
      assert.equal(thief.ask(elsewhere), undefined)
      assert.equal((drops()['announce/tag is not ours'] ?? 0) - before, 3)
      assert.ok(client.ask(elsewhere))
    })
  })

  it('stores nothing under a key that is not the announcer’s', () => {
    const victim = world.client(node)
    const key = victim.data.publicKey
    const { auth } = client.found(client.ask(client.search({ key }))!)!.answer!
    assert.equal(client.ask(client.announce(auth, DATA, { key })), undefined)
    assert.equal(drops()['announce/announcement malformed or forged'], 1)
  })

  it('answers requests that were forwarded through the forwarding node', () => {
    const middle = world.node()
    world.join(node, middle)
    const found = client.found(client.askThrough(middle, client.search())!)!
    const { auth } = found.answer!
    // The tag speaks for the way through the forwarding node.
    assert.equal(client.ask(client.announce(auth, DATA)), undefined)
    assert.ok(client.stored(client.askThrough(middle, client.announce(auth, DATA))!))
    assert.deepEqual(client.retrieved(client.askThrough(middle, client.retrieve(auth))!)!.data, DATA)
    assert.equal(client.askThrough(middle, Uint8Array.of(0x00, 1, 2)), undefined)
    assert.equal(drops()['announce/forwarded request of unknown kind'], 1)
  })

  it('names the nearest nodes that speak of announcements, and no others', () => {
    const [speaker, old] = [world.node(), world.oldNode()]
    world.join(node, speaker, old)
    assert.equal(node.dht.size.close, 2)
    const { nodes } = client.found(client.ask(client.search())!)!.answer!
    assert.deepEqual(
      nodes.map(({ publicKey }) => publicKey),
      [speaker.keyPair.publicKey],
    )
    assert.ok(node.announcements.nodes.speaks(speaker.keyPair.publicKey))
    assert.ok(!node.announcements.nodes.speaks(old.keyPair.publicKey))
    client.ask(client.search())
    assert.equal(old.env.drops.toJSON()['udp/unknown kind'], 2, 'an old node is asked once by each')
    world.board.run(5 * 60 * 1000)
    client.ask(client.search())
    assert.equal(old.env.drops.toJSON()['udp/unknown kind'], 3, 'it may have been updated')
  })

  it('answers with no more bytes than c-toxcore', () => {
    const speakers = Array.from({ length: 6 }, () => world.node())
    world.join(node, ...speakers)
    const ask = client.announce(client.auth(), new Uint8Array(512))
    client.ask(ask)
    // 73 of the frame, key, hash, tag, two bytes and the number of nodes, four nodes, request id.
    assert.equal(client.ask(client.search())!.length, 73 + 32 + 33 + 32 + 1 + 1 + 4 * 39 + 8)
    assert.equal(client.retrieve(client.auth()).length, 146)
    assert.equal(client.ask(client.retrieve(client.auth()))!.length, 626)
    assert.equal(client.announce(client.auth(), new Uint8Array()).length, 190)
    assert.equal(client.ask(client.announce(client.auth(), new Uint8Array()))!.length, 125)
  })

  it('tells nobody beyond the LAN about nodes on it', () => {
    const speaker = world.node()
    world.join(node, speaker)
    const host = world.board.host()
    const outside = new Client(world, node, { ...host, endpoint: Endpoint.parse('8.8.8.8', 33_445)! })
    const answers: Uint8Array[] = []
    world.board.filter = (_, to, packet) => {
      if (to.ip === '8.8.8.8') answers.push(packet)
      return true
    }
    node.router.receive(outside.host.endpoint, outside.search())
    assert.deepEqual(outside.found(answers[0]!)!.answer!.nodes, [])
    assert.equal(client.found(client.ask(client.search())!)!.answer!.nodes.length, 1)
  })

  it('does not take its own question, sent back, for an answer', () => {
    const old = world.oldNode()
    const questions: Uint8Array[] = []
    world.board.filter = (_, __, packet) => {
      questions.push(packet)
      return true
    }
    world.join(node, old)
    const question = questions.find((packet) => packet[0] === 0x93 && packet[1] === node.keyPair.publicKey[0])!
    const forged = question.slice()
    forged[0] = 0x94
    forged.set(old.keyPair.publicKey, 1)
    node.router.receive(old.endpoint, forged)
    assert.ok(!node.announcements.nodes.speaks(old.keyPair.publicKey))
    assert.equal(drops()['announce/data-search-response malformed'], 1)
  })

  it('stops at the limit of one source, and serves the others', () => {
    const packet = client.search()
    for (let i = 0; i < 4000; i++) node.router.receive(client.host.endpoint, packet)
    assert.equal(node.announcements.stats.searches, 2000)
    const other = world.client(node)
    assert.ok(other.ask(other.search()))
  })

  it('stands whatever arrives, sealed or not', () => {
    const stranger = client.host.endpoint
    const kinds = fc.constantFrom(0x93, 0x94, 0x95, 0x96, 0x97, 0x98)
    const bytes = fc.uint8Array({ maxLength: 700, size: 'max' })
    fc.assert(
      fc.property(kinds, bytes, fc.boolean(), (kind, tail, isSealed) => {
        const packet = isSealed ? client.seal(kind, tail) : concatBytes(Uint8Array.of(kind), tail)
        node.router.receive(stranger, packet)
      }),
      { numRuns: 500, seed: 1 },
    )
    assert.equal(node.announcements.store.size, 0)
  })

  it('wipes and forgets at the end', () => {
    client.ask(client.announce(client.auth(), DATA))
    node.announcements.close()
    assert.equal(node.announcements.store.size, 0)
    assert.equal(node.forwarding.onRequest, undefined)
    assert.equal(node.announcements.store.get(client.data.publicKey as EphemeralPublicKey), undefined)
  })
})
