// Files on their way through an unkind world.

import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import type { MessengerEvents } from '../../src/messenger/index.js'
import { FILE_SIZE_UNKNOWN } from '../../src/packet/messenger/file-send.js'
import { type SimHost, type SimTox, toxPeer } from '../../src/sim/index.js'
import { type Town, townStory } from './town.js'

const FIRST = 1 << 16

/** Which byte stands where in the files of these stories. */
function byteAt(position: bigint): number {
  return Number((position * 31n + (position >> 8n)) & 255n)
}

function piece(position: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => byteAt(position + BigInt(i)))
}

/** Somebody who sends and receives files, and checks each byte that comes. */
class Carrier {
  host!: SimHost<SimTox>
  /** Of files that are received: number, how far they have come, and whether they are whole. */
  readonly at = new Map<number, bigint>()
  readonly whole = new Set<number>()
  readonly delivered = new Set<number>()
  readonly heard: string[] = []
  accepts = true

  readonly events: Partial<MessengerEvents> = {
    fileOffer: (friend, file, _kind, size, name) => {
      this.heard.push(`offer ${file} ${size} ${name.length}`)
      if (this.accepts) this.files.control(friend, file, 'resume')
    },
    fileControl: (_friend, file, control) => void this.heard.push(`${control} ${file}`),
    fileChunkRequest: (friend, file, position, length) => {
      if (length === 0) return void this.delivered.add(file)
      const sent = this.files.sendChunk(friend, file, position, piece(position, length))
      assert.deepEqual(sent, { ok: true, value: undefined })
    },
    fileChunk: (_friend, file, position, data) => {
      assert.equal(this.at.get(file) ?? position, position, 'no piece is missing or comes twice')
      assert.deepEqual(data, piece(position, data.length))
      this.at.set(file, position + BigInt(data.length))
      if (data.length === 0) this.whole.add(file)
    },
  }

  get files(): SimTox['tox']['messenger']['files'] {
    return this.host.engine.tox.messenger.files
  }

  offer(size: bigint, fileId?: Uint8Array): number {
    const sent = this.files.send(0, { kind: 0, size, name: toUtf8('a file'), ...(fileId && { fileId }) })
    if (!sent.ok) throw new Error(sent.error)
    return sent.value
  }
}

/** Two friends who carry files. */
function carriers(town: Town): [Carrier, Carrier] {
  const [a, b] = ['alice', 'bob'].map((name) => {
    const carrier = new Carrier()
    carrier.host = town.world.addPeer(name, { engine: toxPeer({ events: carrier.events }) })
    town.join(carrier.host)
    return carrier
  }) as [Carrier, Carrier]
  town.befriend(a.host, b.host)
  return [a, b]
}

const calm = { nodes: 4, link: {} }
const lossy = { nodes: 4, link: { latencyMs: 40, jitterMs: 30, loss: 0.05, duplicate: 0.05, reorder: 0.05 } }

describe('files in the world', () => {
  townStory('files cross a link that loses, doubles and reorders, both ways at once', lossy, (town) => {
    const [alice, bob] = carriers(town)
    for (const one of [alice, bob]) for (const size of [0n, 1n, 1371n, 300_000n]) one.offer(size)
    for (const one of [alice, bob]) {
      town.world.expect(`${one.host.name} has all`, () => one.whole.size === 4 && one.delivered.size === 4, 120_000)
      assert.deepEqual([...one.at.values()], [0n, 1n, 1371n, 300_000n])
    }
    town.expectTalk(alice.host, bob.host, 'done')
  })

  townStory('a message passes a file that fills a narrow line', calm, (town) => {
    const [alice, bob] = carriers(town)
    alice.host.setLine({ upBytesPerSecond: 200_000, queueMs: 500 })
    const idleMs = timeOfTalk(town, alice, bob)
    alice.offer(20_000_000n)
    town.world.run(20_000)
    const carried = bob.at.get(FIRST)!
    const busyMs = timeOfTalk(town, alice, bob)
    assert.ok(carried > (20n * 200_000n * 8n) / 10n, `the line is used: ${carried} bytes in 20 s`)
    // The line's own buffer holds half a second.
    assert.ok(busyMs < idleMs + 700, `${busyMs} ms instead of ${idleMs}`)
  })

  townStory('a file is paused, resumed and cancelled', calm, (town) => {
    const [alice, bob] = carriers(town)
    const number = alice.offer(2_000_000n)
    town.world.expect('it begins', () => bob.at.has(FIRST), 10_000)
    bob.files.control(0, FIRST, 'pause')
    town.world.run(1_000)
    const paused = bob.at.get(FIRST)
    town.world.run(10_000)
    assert.equal(bob.at.get(FIRST), paused)
    bob.files.control(0, FIRST, 'resume')
    town.world.expect('it goes on', () => bob.at.get(FIRST)! > paused!, 10_000)
    alice.files.control(0, number, 'cancel')
    town.world.run(1_000)
    assert.deepEqual(alice.heard, [`resume ${number}`, `pause ${number}`, `resume ${number}`])
    assert.deepEqual(bob.heard, [`offer ${FIRST} 2000000 6`, `cancel ${FIRST}`])
    assert.equal(bob.whole.size, 0)
  })

  townStory('a stream passes four gigabytes and ends when it wants', calm, (town) => {
    const [alice, bob] = carriers(town)
    bob.accepts = false
    alice.offer(FILE_SIZE_UNKNOWN)
    town.world.run(1_000)
    const start = 2n ** 32n - 100_000n
    assert.equal(bob.files.seek(0, FIRST, start).ok, true)
    bob.files.control(0, FIRST, 'resume')
    town.world.expect('it is past 4 GiB', () => (bob.at.get(FIRST) ?? 0n) > 2n ** 32n + 100_000n, 60_000)
    alice.files.control(0, 0, 'cancel')
  })

  townStory('300 files are offered, 256 go', calm, (town) => {
    const [alice, bob] = carriers(town)
    let refused = 0
    for (let i = 0; i < 300; i++) {
      if (!alice.files.send(0, { kind: 0, size: 3_000n, name: toUtf8(`${i}`) }).ok) refused++
    }
    assert.equal(refused, 300 - 256)
    town.world.expect('all are there', () => bob.whole.size === 256 && alice.delivered.size === 256, 60_000)
    assert.equal(alice.offer(1n), 0)
  })

  townStory('a transfer that a partition broke goes on where it stood', calm, (town) => {
    const [alice, bob] = carriers(town)
    alice.host.setLine({ upBytesPerSecond: 100_000 })
    const fileId = new Uint8Array(32).fill(5)
    alice.offer(600_000n, fileId)
    town.world.expect('half is there', () => (bob.at.get(FIRST) ?? 0n) > 300_000n, 60_000)
    town.world.partition([bob.host, ...town.nodes.slice(2)])
    town.world.expect('they miss each other', () => !alice.host.engine.sees(0) && !bob.host.engine.sees(0), 120_000)
    town.world.heal()
    town.expectOnline(alice.host, bob.host)
    bob.accepts = false
    alice.offer(600_000n, fileId)
    town.world.run(1_000)
    assert.deepEqual(bob.files.numberOf(0, fileId), { ok: true, value: FIRST })
    assert.equal(bob.files.seek(0, FIRST, bob.at.get(FIRST)!).ok, true)
    bob.files.control(0, FIRST, 'resume')
    town.world.expect('the rest comes', () => bob.whole.has(FIRST) && alice.delivered.has(0), 60_000)
    assert.equal(bob.at.get(FIRST), 600_000n)
  })
})

/** From saying something to the receipt, in ms. */
function timeOfTalk(town: Town, from: Carrier, to: Carrier): number {
  const startMs = town.world.nowMs
  town.expectTalk(from.host, to.host, `at ${startMs}`)
  return town.world.nowMs - startMs
}
