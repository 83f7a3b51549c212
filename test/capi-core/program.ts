// A C program in miniature: packs calls into the frame as the library's C++ does, in plain Node. The core gets real sockets on
// the loopback, and a clock that jumps by the iteration interval.

import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { Core } from '../../capi/core/core.js'
import { ERROR_ENUMS } from '../../capi/table/enums.js'
import { EVENTS, type EventName } from '../../capi/table/events.js'
import { CORE_FUNCTIONS } from '../../capi/table/functions.js'

export type Argument = number | boolean | bigint | Uint8Array

export interface Answer {
  /** An enumerator without its prefix: 'OK', 'TOO_LONG'. */
  readonly error: string
  readonly value: number
  /** The same word as 64 bits. */
  readonly bits: bigint
  readonly out: Uint8Array
  /** How many log records wait. */
  readonly logs: number
  /** Until when the instance changes only by packets, and the descriptor on which they come. */
  readonly restsUntilMs: number
  readonly descriptor: number
}

export interface ToxEvent {
  readonly name: EventName
  readonly fields: Readonly<Record<string, number | bigint | Uint8Array>>
}

const NUMBERS = new Map(CORE_FUNCTIONS.map(({ name }, index) => [name, index]))
/** Above the ports of other programs' tests; in use ones are passed over. */
export const PORTS = { start: 41_000, end: 41_999 } as const
const NOTHING = new Uint8Array(0)
export const LOOPBACK = Uint8Array.of(4, 127, 0, 0, 1)

export class Program {
  /** The program's clock. */
  nowMs = 5_000
  readonly words = new ArrayBuffer(24 * 8)
  block = new Uint8Array(0)
  /** The instances that asked for randomness. */
  readonly randomFor = new Set<number>()
  readonly #numbers = new Float64Array(this.words)
  readonly #bits = new BigUint64Array(this.words)
  #call: (functionNumber: number, instance: number) => boolean = () => false
  #reserve: (size: number) => void = () => {}

  constructor() {
    new Core({
      words: this.words,
      setBlock: (block) => {
        this.block = new Uint8Array(block)
      },
      setCall: (call) => {
        this.#call = call
      },
      setReserve: (reserve) => {
        this.#reserve = reserve
      },
      random: (instance, target) => {
        this.randomFor.add(instance)
        randomFillSync(target)
      },
    })
  }

  /** One call of a function of the table; `undefined` when the core failed within. */
  try(name: string, instance: number, ...values: readonly Argument[]): Answer | undefined {
    const number = NUMBERS.get(name)
    assert.ok(number !== undefined, `the table has no ${name}`)
    return this.tryNumber(number, instance, ...values)
  }

  tryNumber(number: number, instance: number, ...values: readonly Argument[]): Answer | undefined {
    this.#numbers.fill(Number.NaN)
    this.#numbers[0] = this.nowMs
    let at = 0
    values.forEach((value, index) => {
      if (typeof value === 'bigint') this.#bits[1 + index] = value
      else if (typeof value !== 'object') this.#numbers[1 + index] = Number(value)
      else {
        this.#numbers[1 + index] = value.length
        if (at + value.length > this.block.length) this.#reserve(at + value.length)
        this.block.set(value, at)
        at += value.length
      }
    })
    const isDone = this.#call(number, instance)
    const logs = this.#numbers[23]!
    if (!isDone) return undefined
    const row = CORE_FUNCTIONS[number]!
    const error = row.error === undefined ? 'OK' : ERROR_ENUMS[row.error][this.#numbers[21]!]
    assert.ok(error !== undefined, `${row.name}: error ${this.#numbers[21]}`)
    const out = this.block.slice(0, this.#numbers[22])
    const [descriptor, restsUntilMs] = [this.#numbers[19]!, this.#numbers[20]!]
    return { error, value: this.#numbers[0]!, bits: this.#bits[0]!, out, logs, restsUntilMs, descriptor }
  }

  /** As `try`; the core must not fail within. */
  call(name: string, instance: number, ...values: readonly Argument[]): Answer {
    const answer = this.try(name, instance, ...values)
    if (answer === undefined)
      assert.fail(`${name} failed within: ${name === 'core_take_logs' ? '' : this.logs(instance).join('\n')}`)
    return answer
  }

  /** The texts of the log records that wait, with their levels. */
  logs(instance: number): string[] {
    const { out } = this.call('core_take_logs', instance)
    const view = new DataView(out.buffer)
    const texts: string[] = []
    for (let at = 0; at < out.length; ) {
      const u32 = (): number => view.getUint32((at += 4) - 4, true)
      const text = (): string => {
        const length = u32()
        at += length
        return Buffer.from(out.subarray(at - length, at)).toString()
      }
      const level = u32()
      const file = text()
      const line = u32()
      assert.ok(Number.isInteger(line))
      texts.push(`${level} ${file}${text()}: ${text()}`)
    }
    return texts
  }
}

export interface NewOptions {
  readonly ipv6: boolean
  readonly udp: boolean
  readonly startPort: number
  readonly endPort: number
  readonly tcpPort: number
  /** A Tox_Proxy_Type. */
  readonly proxyType: number
  readonly proxyAddresses: Uint8Array
  readonly proxyPort: number
  readonly savedataType: number
  readonly savedata: Uint8Array
}

/** An instance as its program sees it. */
export class Peer {
  readonly events: ToxEvent[] = []

  private constructor(
    readonly program: Program,
    readonly number: number,
  ) {}

  static open(program: Program, options: Partial<NewOptions> = {}): Peer {
    const { error, value } = Peer.tryOpen(program, options)
    assert.equal(error, 'OK')
    return new Peer(program, value)
  }

  /** Undefined where the port is in use. */
  static openOn(program: Program, options: Partial<NewOptions>): Peer | undefined {
    const { error, value } = Peer.tryOpen(program, options)
    if (error === 'PORT_ALLOC') return undefined
    assert.equal(error, 'OK')
    return new Peer(program, value)
  }

  static tryOpen(program: Program, options: Partial<NewOptions> = {}): Answer {
    const { ipv6 = true, udp = true, startPort = PORTS.start, endPort = PORTS.end, savedataType = 0 } = options
    const { tcpPort = 0, proxyType = 0, proxyPort = 0 } = options
    const { savedata = NOTHING, proxyAddresses = NOTHING } = options
    return program.call(
      'core_new',
      0,
      ipv6,
      udp,
      false,
      true,
      true,
      startPort,
      endPort,
      tcpPort,
      proxyType,
      proxyAddresses,
      proxyPort,
      false,
      savedataType,
      savedata,
    )
  }

  call(name: string, ...values: readonly Argument[]): Answer {
    return this.program.call(name, this.number, ...values)
  }

  /** The answer of a getter that fills a buffer. */
  out(name: string, ...values: readonly Argument[]): Uint8Array {
    const { error, out } = this.call(name, ...values)
    assert.equal(error, 'OK')
    return out
  }

  text(name: string, ...values: readonly Argument[]): string {
    return Buffer.from(this.out(name, ...values)).toString()
  }

  iterate(): void {
    this.events.push(...decodeEvents(this.call('core_iterate').out))
  }

  get intervalMs(): number {
    return this.call('core_iteration_interval').value
  }

  bootstrapFrom(other: Peer): void {
    const port = other.call('tox_self_get_udp_port').value
    assert.equal(this.call('core_bootstrap', LOOPBACK, port, other.out('tox_self_get_dht_id')).error, 'OK')
  }

  /** The events of this name up to now, which are forgotten. */
  take(name: EventName): ToxEvent['fields'][] {
    const taken = this.events.filter((event) => event.name === name)
    for (const event of taken) this.events.splice(this.events.indexOf(event), 1)
    return taken.map(({ fields }) => fields)
  }

  kill(): void {
    this.call('core_kill')
  }
}

export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

/** Steps all peers of one program, whose clock jumps by the shortest interval, until `isSo`; returns how many ms passed. */
export function runUntil(peers: readonly Peer[], isSo: () => boolean, what: string, limitMs = 30_000): number {
  const { program } = peers[0]!
  const startMs = program.nowMs
  for (;;) {
    for (const peer of peers) peer.iterate()
    if (isSo()) return program.nowMs - startMs
    assert.ok(program.nowMs - startMs < limitMs, `not within ${limitMs} ms: ${what}`)
    program.nowMs += Math.min(...peers.map((peer) => peer.intervalMs))
  }
}

/** Steps `peer` as often as it wishes, for so long on its clock; returns how often. */
export function sleepThrough(peer: Peer, durationMs: number): number {
  const { program } = peer
  const endMs = program.nowMs + durationMs
  let steps = 0
  for (; program.nowMs < endMs; steps++) {
    peer.iterate()
    program.nowMs += peer.intervalMs
  }
  return steps
}

/** Two peers of one program who are each other's friend 0, online. */
export function befriend(program: Program): [a: Peer, b: Peer] {
  const [a, b] = [Peer.open(program), Peer.open(program)]
  a.bootstrapFrom(b)
  a.call('tox_friend_add_norequest', b.out('tox_self_get_public_key'))
  b.call('tox_friend_add_norequest', a.out('tox_self_get_public_key'))
  runUntil([a, b], () => isOnline(a) && isOnline(b), 'two friends')
  return [a, b]
}

export function isOnline(peer: Peer): boolean {
  return peer.call('tox_friend_get_connection_status', 0).value === 2
}

function decodeEvents(batch: Uint8Array): ToxEvent[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length)
  const events: ToxEvent[] = []
  for (let at = 0; at < batch.length; ) {
    const row = EVENTS.find(({ number }) => number === view.getUint32(at, true))
    assert.ok(row !== undefined)
    const end = at + 8 + view.getUint32(at + 4, true)
    const fields: Record<string, number | bigint | Uint8Array> = {}
    at += 8
    for (const field of row.fields) {
      if (field.kind === 'scalar' && field.type === 'uint64_t') {
        fields[field.name] = view.getBigUint64(at, true)
        at += 8
      } else {
        const number = view.getUint32(at, true)
        at += 4
        if (field.kind === 'scalar' || field.kind === 'enum') fields[field.name] = number
        else {
          fields[field.name] = batch.slice(at, (at += number))
          assert.equal(batch[at++], 0)
        }
      }
    }
    assert.equal(at, end, row.name)
    events.push({ name: row.name, fields })
  }
  return events
}
