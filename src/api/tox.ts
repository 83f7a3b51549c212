// The Node API: one Tox identity on real sockets. The engine below thinks, the host moves bytes; this file speaks to people
// who write programs: events, promises, iterators and errors with names.

import { fromHex, fromUtf8, type Millis, toHex, toUtf8 } from '../base/index.js'
import type { Conferences } from '../conference/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { FriendView, MessageReceipt, Messenger } from '../messenger/index.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import type { ToxStore } from '../store/index.js'
import { ToxError } from '../tox/errors.js'
import { parseToxId, TOX_ID_MISTAKES } from '../tox/tox-id.js'
import { type Conference, ConferenceList, forwardConferences } from './conferences/index.js'
import type { Message } from './events.js'
import { FileTransfers } from './files/file-transfers.js'
import { forwardEvents } from './forward-events.js'
import { Friend, type FriendOwner, unwrap } from './friend.js'
import {
  type MessageHandler,
  MessageHandling,
  type MessageHandlingOwner,
  UnconfirmedMessage,
} from './message-handling.js'
import type { HandleOptions, ToxOptions } from './options.js'
import { Remember } from './remember.js'
import { openRuntime, type Runtime, type RuntimeEvents } from './runtime.js'
import { ToxNetwork } from './tox-network.js'
import { type WithStore, withStore } from './with-store.js'

export class Tox extends ToxNetwork {
  /** What is remembered beside the profile: the one of the options, or one in memory. */
  readonly store: ToxStore
  /** @internal */
  readonly remember: Remember
  /** @internal */
  readonly files: FileTransfers
  readonly #runtime: Runtime
  /** By friend number; as many as the friend list has. */
  readonly #friends = new Map<number, Friend>()
  readonly #conferences: ConferenceList
  /** With manual receipts. */
  #handling: MessageHandling | undefined
  #isHandling = false
  #closing: Promise<void> | undefined

  /**
   * Starts an instance: loads or makes the profile, opens what the options want of the network and begins to join it. Of several
   * bootstrap nodes, those whose host names cannot be resolved are passed over as long as one is left, or a relay.
   * Rejects with ToxError: `TOX_ERR_NEW_LOAD_BAD_FORMAT`, `…_LOAD_ENCRYPTED`, `…_LOAD_DECRYPTION_FAILED`, `…_PORT_ALLOC`,
   * `…_PROXY_BAD_TYPE`, `…_PROXY_BAD_HOST`, `…_PROXY_BAD_PORT`, `…_PROXY_NOT_FOUND`, `TOX_ERR_BOOTSTRAP_BAD_HOST`,
   * `TOX_ERR_TS_PROFILE_LOCKED`, `TOX_ERR_TS_BAD_OPTION`; with BootstrapNodeError when a node is not `HOST:PORT:KEY`.
   */
  static create(options: ToxOptions = {}): Promise<Tox> {
    const all = withStore(options)
    return Tox.over((events) => openRuntime(all, events), all, all)
  }

  /** @internal As `create`, on a runtime of the caller's. */
  static async over(
    open: (events: RuntimeEvents) => Runtime | Promise<Runtime>,
    options: Pick<ToxOptions, 'name' | 'statusMessage' | 'receipts'>,
    kept: WithStore = withStore({}),
  ): Promise<Tox> {
    let tox: Tox | undefined
    const runtime = await open({
      messenger: forwardEvents(() => tox!),
      conferences: forwardConferences(() => (tox === undefined ? undefined : tox.#conferences)),
      connection: (connection) => tox?.onConnection(connection),
      relays: () => tox?.onRelays(),
      path: (publicKey) => tox?.onPath(publicKey),
      portMapping: (mapping) => tox?.deliver('portMapping', mapping),
    })
    try {
      tox = new Tox(runtime, kept)
    } catch (error) {
      // The store cannot be read.
      await runtime.close()
      throw error
    }
    if (options.receipts === 'manual') tox.#handling = new MessageHandling(tox.#handlingOwner)
    try {
      if (options.name !== undefined) tox.name = options.name
      if (options.statusMessage !== undefined) tox.statusMessage = options.statusMessage
      await runtime.start()
      tox.files.begin()
    } catch (error) {
      await tox.close()
      throw error
    }
    return tox
  }

  private constructor(runtime: Runtime, kept: WithStore) {
    super(runtime)
    this.#runtime = runtime
    this.store = kept.store
    this.remember = new Remember(kept)
    this.files = new FileTransfers(runtime, kept.transfers, (offer) => this.deliver('file', offer))
    for (const view of runtime.engine.messenger.friends()) this.#enlist(view)
    this.remember.people(this.friends)
    this.#conferences = new ConferenceList({
      conferences: runtime.engine.conferences,
      turn: <T>(work: (conferences: Conferences) => T) => this.#turn(() => work(runtime.engine.conferences)),
      deliver: (name, event) => this.deliver(name, event as never),
      friend: (number) => this.#friends.get(number),
    })
  }

  // Ourselves.

  /** Our Tox ID, to give to people: 76 upper-case hex digits. */
  get address(): string {
    return toHex(this.#runtime.engine.messenger.toxId)
  }

  /** Our long-term public key: 64 upper-case hex digits. */
  get publicKey(): string {
    return this.address.slice(0, 64)
  }

  /** Our long-term secret key, 32 bytes, a copy: whoever has it is us. */
  get secretKey(): Uint8Array {
    return this.#runtime.engine.longTermKeys.secretKey.slice()
  }

  /** The part of our Tox ID that can be changed: an unsigned 32-bit number, as in the C API. */
  get nospam(): number {
    const bytes = this.#runtime.engine.messenger.nospam
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  }

  set nospam(nospam: number) {
    if (!(Number.isInteger(nospam) && nospam >= 0 && nospam < 2 ** 32)) throw badOption('nospam is a number of 32 bits')
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, nospam)
    this.#turn((messenger) => {
      messenger.nospam = bytes
    })
  }

  get name(): string {
    return fromUtf8(this.#runtime.engine.messenger.name)
  }

  /** At most 128 bytes of UTF-8, or `TOX_ERR_SET_INFO_TOO_LONG`. */
  set name(name: string) {
    this.#turn((messenger) => unwrap('SET_INFO', messenger.setName(toUtf8(name))))
  }

  get statusMessage(): string {
    return fromUtf8(this.#runtime.engine.messenger.statusMessage)
  }

  /** At most 1,007 bytes of UTF-8, or `TOX_ERR_SET_INFO_TOO_LONG`. */
  set statusMessage(text: string) {
    this.#turn((messenger) => unwrap('SET_INFO', messenger.setStatusMessage(toUtf8(text))))
  }

  get status(): UserStatus {
    return this.#runtime.engine.messenger.status
  }

  set status(status: UserStatus) {
    this.#turn((messenger) => messenger.setStatus(status))
  }

  // Friends.

  /** All friends by rising number. */
  get friends(): Friend[] {
    return [...this.#friends.values()].sort((a, b) => a.number - b.number)
  }

  /** A friend by number, or by public key (64 hex digits). */
  friend(numberOrKey: number | string): Friend | undefined {
    if (typeof numberOrKey === 'number') return this.#friends.get(numberOrKey)
    const key = numberOrKey.toUpperCase()
    return this.friends.find(({ publicKey }) => publicKey === key)
  }

  /**
   * Asks the owner of a Tox ID (76 hex digits) to become a friend; `message` of 1 to 921 bytes is shown to them. The request is
   * repeated until they can be found. Throws `TOX_ERR_FRIEND_ADD_…`.
   */
  addFriend(toxId: string, message: string): Friend {
    const parsed = parseToxId(toxId.trim())
    if (!parsed.ok) throw new ToxError('FRIEND_ADD', 'bad-checksum', TOX_ID_MISTAKES[parsed.error])
    return this.#added((messenger) => messenger.addFriend(fromHex(toxId.trim())!, toUtf8(message)))
  }

  /** Adds a friend by public key (64 hex digits) without a request: they must add us as well. Throws `TOX_ERR_FRIEND_ADD_…`. */
  addFriendWithoutRequest(publicKey: string): Friend {
    const key = fromHex(publicKey)
    if (key?.length !== 32) throw new ToxError('FRIEND_ADD', 'bad-checksum', 'a public key has 64 hexadecimal digits')
    return this.#added((messenger) => messenger.addFriendWithoutRequest(key as LongTermPublicKey))
  }

  /** @internal Another request of this key is reported, the same is not. */
  refuseRequest(publicKey: LongTermPublicKey): void {
    this.#turn((messenger) => messenger.refuseRequest(publicKey))
  }

  // Conferences.

  /** All conferences that we are in, by rising number; after a restart those of the profile. */
  get conferences(): Conference[] {
    return this.#conferences.all
  }

  /** A conference by number, or by id (64 hex digits). */
  conference(numberOrId: number | string): Conference | undefined {
    return this.#conferences.get(numberOrId)
  }

  /** Begins a conference with ourselves in it, to invite others to. Throws `TOX_ERR_CONFERENCE_NEW_…` and `…_TITLE_…`. */
  createConference(options?: { readonly title?: string }): Conference {
    return this.#conferences.create(options)
  }

  // Reading events.

  /**
   * With `receipts: 'manual'`: offers each message to `handler`, those of one friend one at a time and in order, and
   * acknowledges it as soon as the handler's promise resolves. When it rejects, the message is offered again after a growing
   * pause, and what came behind it waits. What a killed process had not finished comes again, so a handler may see a message
   * twice. Call it right after `create`: earlier messages come in the next session. Resolves when `signal` is aborted or the
   * instance closed, as soon as no handler works any more.
   */
  handleMessages(handler: MessageHandler, { signal, onError }: HandleOptions = {}): Promise<void> {
    this.assertOpen()
    const handling = this.#handling
    if (handling === undefined) throw badOption("handleMessages needs the option receipts: 'manual'")
    if (handling.isRunning) throw badOption('messages have a handler already')
    this.#isHandling = true
    const stop = (): void => handling.stop()
    const ended = handling.run(handler, onError).finally(() => {
      this.onClose.delete(stop)
      signal?.removeEventListener('abort', stop)
    })
    this.onClose.add(stop)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    return ended
  }

  // Saving and ending.

  /** The profile as the bytes of a `.tox` file, encrypted where there is a passphrase. It holds the secret key. */
  savedata(): Uint8Array {
    this.assertOpen()
    return this.#runtime.savedata()
  }

  /** Counters of dropped packets by reason, for monitoring. */
  get drops(): Record<string, number> {
    return this.#runtime.drops.toJSON()
  }

  /** Tells friends goodbye, saves the profile, closes the socket. Waiting promises are rejected. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  toJSON(): Record<string, unknown> {
    const { address, name, statusMessage, status, connection, udpPort, friends } = this
    return { address, name, statusMessage, status, connection, udpPort, friends }
  }

  async #close(): Promise<void> {
    const error = new ToxError('NEW', 'closed')
    for (const stop of [...this.onClose]) stop(error)
    for (const friend of this.#friends.values()) friend.rejectAll(error)
    this.#conferences.finish(error)
    await this.files.close(error).finally(() => this.#runtime.close())
  }

  protected assertOpen(): void {
    if (this.#closing !== undefined) throw new ToxError('NEW', 'closed')
  }

  #turn<T>(work: (messenger: Messenger) => T): T {
    this.assertOpen()
    return this.#runtime.turn(() => work(this.#runtime.engine.messenger))
  }

  #added(add: (messenger: Messenger) => ReturnType<Messenger['addFriend']>): Friend {
    return this.#turn((messenger) => {
      const number = unwrap('FRIEND_ADD', add(messenger))
      return this.#enlist(messenger.friend(number)!)
    })
  }

  #enlist(view: FriendView): Friend {
    const friend = new Friend(view, this.#owner)
    this.#friends.set(friend.number, friend)
    this.files.add(friend)
    return friend
  }

  readonly #owner: FriendOwner = {
    turn: (work) => this.#turn(work),
    now: (): Millis => this.#runtime.now(),
    pathTo: ({ publicKey }) => this.pathTo(publicKey),
    files: () => this.files,
    remember: () => this.remember,
    forget: (friend) => {
      this.#friends.delete(friend.number)
      this.files.remove(friend)
    },
    onFriendConnection: (friend, listener) => {
      const onChange = (event: { friend: Friend }): void => {
        if (event.friend === friend) listener()
      }
      this.on('friendConnection', onChange)
      return () => this.off('friendConnection', onChange)
    },
  }

  readonly #handlingOwner: MessageHandlingOwner = {
    createDeadline: (reason, action) => this.#runtime.engine.env.deadlines.create(reason, action),
    wait: (deadline, ms) => {
      if (this.#closing !== undefined) return
      const { engine } = this.#runtime
      this.#runtime.turn(() => deadline.set(engine.env.clock.now() + ms))
    },
  }

  /** @internal Packets to somebody take another way. */
  onPath(publicKey: LongTermPublicKey): void {
    const view = this.#runtime.engine.messenger.friendOf(publicKey)
    const friend = view && this.#friends.get(view.number)
    const path = friend?.path
    if (friend !== undefined && path !== undefined) this.deliver('path', { friend, path })
  }

  /** @internal A message whose acknowledgement waits for the application. */
  onUnconfirmed(friend: Friend, text: string, kind: Message['kind'], receipt: MessageReceipt): void {
    const turn = (work: () => boolean): boolean => this.#closing === undefined && this.#runtime.turn(work)
    const message = new UnconfirmedMessage(friend, text, kind, receipt, turn)
    this.deliver('message', message)
    if (this.#isHandling) this.#handling?.push(message)
  }
}

function badOption(text: string): ToxError {
  return new ToxError('NEW', 'bad-option', text)
}
