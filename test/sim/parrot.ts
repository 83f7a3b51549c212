// The smallest engines: one that keeps what it hears, and one that says something on a timer.

import type { Deadline, Endpoint } from '../../src/base/index.js'
import type { EngineSetup, SimEngine } from '../../src/sim/index.js'

/** Keeps what it hears, and answers a packet that begins with 0 by the same with 1 in front. */
export class Parrot implements SimEngine {
  readonly heard: { from: string; atMs: number; text: string }[] = []
  closed = false

  constructor(readonly setup: EngineSetup) {}

  receive(from: Endpoint, packet: Uint8Array): void {
    const atMs = this.setup.env.clock.now()
    this.heard.push({ from: from.toString(), atMs, text: String.fromCharCode(...packet.subarray(1)) })
    if (packet[0] !== 0) return
    const answer = this.setup.udp.reserve(from, packet.length)
    answer.set(packet)
    answer[0] = 1
  }

  close(): void {
    this.closed = true
    if (this.#last !== undefined) this.say(this.#last, 'bye')
  }

  #last: Endpoint | undefined

  /** Sends text that asks for an answer. */
  ask(to: Endpoint, text: string): void {
    this.#last = to
    this.setup.udp.send(to, Uint8Array.from([0, ...Buffer.from(text)]))
  }

  /** Sends text that asks for none. */
  say(to: Endpoint, text: string): void {
    this.setup.udp.send(to, Uint8Array.from([2, ...Buffer.from(text)]))
  }

  get texts(): string[] {
    return this.heard.map(({ text }) => text)
  }
}

/** Says its count to `to` every `everyMs`. */
export class Ticker extends Parrot {
  count = 0
  readonly timer: Deadline

  constructor(setup: EngineSetup, to: () => Endpoint, everyMs: number) {
    super(setup)
    this.timer = setup.env.deadlines.create('tick', () => {
      this.say(to(), String(this.count++))
      this.timer.set(setup.env.clock.now() + everyMs)
    })
    this.timer.set(setup.env.clock.now() + everyMs)
  }
}
