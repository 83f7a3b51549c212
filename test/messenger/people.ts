// Messengers in the fake world, with a diary of their events.

import { fromUtf8, toUtf8 } from '../../src/base/index.js'
import {
  type MessageReceipt,
  Messenger,
  type MessengerDependencies,
  type MessengerEvents,
  type OutboxStore,
} from '../../src/messenger/index.js'
import { type FakeHost, FakeWorld } from '../friend/fake-world.js'

export const NOSPAM = Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4)

/** One event a line: `'message 0 normal hello'`. */
export class Diary implements MessengerEvents {
  readonly lines: string[] = []
  readonly payloads: Uint8Array[] = []
  /** Of messages, with manual receipts; by text. */
  readonly receipts = new Map<string, MessageReceipt>()
  /** Runs after each line. */
  onLine: (line: string) => void = () => {}

  friendRequest(publicKey: Uint8Array, message: Uint8Array): void {
    this.#write(`request ${publicKey[0]} ${fromUtf8(message)}`)
  }
  friendConnectionStatus(friend: number, status: string): void {
    this.#write(`connection ${friend} ${status}`)
  }
  friendName(friend: number, name: Uint8Array): void {
    this.#write(`name ${friend} ${fromUtf8(name)}`)
  }
  friendStatusMessage(friend: number, message: Uint8Array): void {
    this.#write(`status-message ${friend} ${fromUtf8(message)}`)
  }
  friendStatus(friend: number, status: string): void {
    this.#write(`status ${friend} ${status}`)
  }
  friendTyping(friend: number, isTyping: boolean): void {
    this.#write(`typing ${friend} ${isTyping}`)
  }
  friendMessage(friend: number, kind: string, message: Uint8Array, receipt?: MessageReceipt): void {
    this.payloads.push(message.slice())
    if (receipt !== undefined) this.receipts.set(fromUtf8(message), receipt)
    this.#write(`message ${friend} ${kind} ${fromUtf8(message)}`)
  }
  friendReadReceipt(friend: number, messageId: number): void {
    this.#write(`receipt ${friend} ${messageId}`)
  }
  friendLosslessPacket(friend: number, packet: Uint8Array): void {
    this.#write(`lossless ${friend} ${packet.join()}`)
  }
  friendLossyPacket(friend: number, packet: Uint8Array): void {
    this.#write(`lossy ${friend} ${packet.join()}`)
  }
  fileOffer(friend: number, file: number, kind: number, size: bigint, name: Uint8Array): void {
    this.#write(`offer ${friend} ${file} ${kind} ${size} ${fromUtf8(name)}`)
  }
  fileControl(friend: number, file: number, control: string): void {
    this.#write(`control ${friend} ${file} ${control}`)
  }
  fileChunkRequest(friend: number, file: number, position: bigint, length: number): void {
    this.#write(`chunk-request ${friend} ${file} ${position} ${length}`)
  }
  fileChunk(friend: number, file: number, position: bigint, data: Uint8Array): void {
    this.payloads.push(data.slice())
    this.#write(`chunk ${friend} ${file} ${position} ${data.length}`)
  }

  /** The lines since the last call, all or those that begin with `prefix`. */
  read(prefix = ''): string[] {
    return this.lines.splice(0).filter((line) => line.startsWith(prefix))
  }

  #write(line: string): void {
    this.lines.push(line)
    this.onLine(line)
  }
}

export class Person {
  readonly diary = new Diary()
  readonly messenger: Messenger

  constructor(
    readonly host: FakeHost,
    outbox?: OutboxStore,
    options: Pick<MessengerDependencies, 'received' | 'receipts'> = {},
  ) {
    const { env, onion, connections, publicKey } = host
    this.messenger = new Messenger({
      env,
      onion,
      connections,
      publicKey,
      nospam: NOSPAM,
      events: this.diary,
      ...(outbox === undefined ? {} : { outbox }),
      ...options,
    })
  }

  say(text: string, options: { outbox?: boolean } = {}): ReturnType<Messenger['sendMessage']> {
    return this.messenger.sendMessage(0, 'normal', toUtf8(text), options)
  }

  get isOnline(): boolean {
    return this.messenger.friend(0)?.state === 'online'
  }

  /** What the friend's session hands up next, as if the friend had sent it. */
  suffer(packet: Uint8Array): void {
    const { handlers } = this.host.sessionList[0]!
    if (packet[0]! >= 192) handlers.onLossy(packet)
    else handlers.onLossless(packet)
  }
}

export interface Couple {
  world: FakeWorld
  a: Person
  b: Person
}

/** Two who have added each other and are online; their diaries are empty. */
export function couple(outbox?: OutboxStore): Couple {
  const world = new FakeWorld()
  const a = new Person(world.host(1), outbox)
  const b = new Person(world.host(2))
  a.messenger.addFriendWithoutRequest(b.host.publicKey)
  b.messenger.addFriendWithoutRequest(a.host.publicKey)
  world.runUntil(() => a.isOnline && b.isOnline)
  world.run(500)
  a.diary.read()
  b.diary.read()
  return { world, a, b }
}
