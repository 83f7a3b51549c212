// Fits net-crypto to what friend connections ask for.

import type { Endpoint } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/index.js'
import type {
  SessionHandlers as FriendSessionHandlers,
  FriendSessions,
  IncomingSession,
  PacketHold,
  Session,
} from '../friend/index.js'
import type { Connection, Incoming, NetCrypto, SessionHandlers } from '../net-crypto/index.js'
import type { RelayInfo } from '../packet/node-info.js'

export class NetCryptoSessions implements FriendSessions {
  readonly netCrypto: NetCrypto
  #judge: (incoming: IncomingSession) => boolean = () => false

  /** `create` makes the NetCrypto whose `accept` is ours. */
  constructor(create: (accept: (incoming: Incoming) => SessionHandlers | undefined) => NetCrypto) {
    this.netCrypto = create((incoming) => this.#accept(incoming))
  }

  connect(
    longTermPublicKey: LongTermPublicKey,
    dhtPublicKey: DhtPublicKey,
    handlers: FriendSessionHandlers,
  ): Session | undefined {
    // A peer's own handshake may have made one in this very turn; its handlers are those of the same friend.
    if (this.netCrypto.get(longTermPublicKey) !== undefined) return undefined
    return this.netCrypto.connect(longTermPublicKey, dhtPublicKey, asNetCryptoHandlers(handlers))
  }

  onIncoming(judge: (incoming: IncomingSession) => boolean): void {
    this.#judge = judge
  }

  #accept({ longTermPublicKey, dhtPublicKey, from }: Incoming): SessionHandlers | undefined {
    let accepted: SessionHandlers | undefined
    const isWanted = this.#judge({
      longTermPublicKey,
      dhtPublicKey,
      endpoint: from,
      accept(handlers) {
        const session = new AcceptedSession()
        accepted = { ...asNetCryptoHandlers(handlers), onConnection: (connection) => session.begin(connection) }
        return session
      },
    })
    return isWanted ? accepted : undefined
  }
}

/** A session that the peer began: its connection is made after the friend has said yes. */
class AcceptedSession implements Session {
  #connection: Connection | undefined
  #isKilled = false

  begin(connection: Connection): void {
    this.#connection = connection
    if (this.#isKilled) connection.kill()
  }

  get endpoint(): Endpoint | undefined {
    return this.#connection?.endpoint
  }

  get heardMs(): number | undefined {
    return this.#connection?.heardMs
  }

  get freeSlots(): number {
    return this.#connection?.freeSlots ?? 0
  }

  get readySlots(): number {
    return this.#connection?.readySlots ?? 0
  }

  get hasDirectPath(): boolean {
    return this.#connection?.hasDirectPath ?? false
  }

  get relayCount(): number {
    return this.#connection?.relayCount ?? 0
  }

  setEndpoint(endpoint: Endpoint, confirmed: boolean): void {
    this.#connection?.setEndpoint(endpoint, confirmed)
  }

  addRelay(relay: RelayInfo): void {
    this.#connection?.addRelay(relay)
  }

  sendLossless(packet: Uint8Array): number | undefined {
    return this.#connection?.sendLossless(packet)
  }

  sendLossy(packet: Uint8Array): boolean {
    return this.#connection?.sendLossy(packet) ?? false
  }

  hold(): PacketHold {
    return this.#connection!.hold()
  }

  get nextPacketNumber(): number {
    return this.#connection?.nextPacketNumber ?? 0
  }

  kill(): void {
    this.#isKilled = true
    this.#connection?.kill()
  }
}

function asNetCryptoHandlers(handlers: FriendSessionHandlers): SessionHandlers {
  return {
    onEstablished: () => handlers.onEstablished(),
    onLossless: (data) => handlers.onLossless(data),
    onLossy: (data) => handlers.onLossy(data),
    onClosed: () => handlers.onClosed(),
    onDirectPath: (has) => handlers.onDirectPath(has),
    onRelays: (count) => handlers.onRelays(count),
    onQuiet: () => handlers.onQuiet(),
    onSilence: (isSilent) => handlers.onSilence(isSilent),
    onDhtKey: (dhtPublicKey) => handlers.onDhtKey(dhtPublicKey),
    onAcked: (upTo) => handlers.onAcked(upTo),
    onWritable: () => handlers.onWritable(),
  }
}
