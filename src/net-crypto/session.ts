// The data plane of one session: everything after the handshake. Spec: Net crypto. It sends what windows, congestion and
// pace allow, delivers what arrives, and acknowledges once a turn.
//
// c-toxcore acknowledges through the packets that it happens to send and through a packet request every 50 to 1,000 ms. Here
// a request goes out at the end of a turn that delivered something, unless data carried the acknowledgement already: receipts
// come after one round trip. That never answers a request with a request, and is at most one packet for a batch of them.

import type { Deadline, Env, Millis } from '../base/index.js'
import type { Crypto, Nonce, SharedKey } from '../crypto/index.js'
import {
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  DATA_PACKET_MAX_BYTES,
  LOSSLESS_ID_MAX,
  LOSSLESS_ID_MIN,
  LOSSY_ID_MAX,
  LOSSY_ID_MIN,
  PAYLOAD_MAX_BYTES,
  PayloadId,
  paddingOf,
  REQUEST_GAPS_MAX_BYTES,
} from '../packet/net-crypto/index.js'
import { HeldPackets, type PacketHold } from './held-packets.js'
import type { PacketBlocks } from './packet-blocks.js'
import { ReceiveWindow } from './receive-window.js'
import { Sender, type SessionStats } from './sender.js'
import { type Scratch, SessionCipher } from './session-cipher.js'
import type { Purpose } from './ways.js'

/** Packet requests keep an idle direct path open: c-toxcore gives it up after 8 s of silence (CRYPTO_SEND_PACKET_INTERVAL). */
export const REQUEST_INTERVAL_MS = 1_000
/** A tick may come a little early for a request that left by itself. */
const REQUEST_SLACK_MS = 300
/** While packets are missing and nothing arrives, ask again after 50 ms, then twice that and so on (as c-toxcore at most). */
const GAP_INTERVAL_MS = 50
/**
 * Through relays packets come in lumps: of so many in each quarter of a second each fourth is acknowledged at once. That shows
 * the sender that we read them as they come; until it knows, it sends little.
 */
const SHOWN_PACKETS = 64
const SHOWN_EVERY_MS = 250
const SHOWING_ACK_PACKETS = 4
const REQUEST_ONLY = Uint8Array.of(PayloadId.REQUEST)
const KILL = Uint8Array.of(PayloadId.KILL)

/** What a session needs from its connection. */
export interface SessionOwner {
  /** A place for a packet by the best way for its purpose. */
  reserve(size: number, purpose: Purpose): Uint8Array | undefined
  /** Asks for `turnEnd()` when all packets of this turn are handled. */
  atTurnEnd(session: Session): void
  /** An authentic packet came, before its payload is handed up. */
  onAuthentic(): void
  onLossless(data: Uint8Array): void
  onLossy(data: Uint8Array): void
  /** The peer has all packets before `upTo`. */
  onAcked(upTo: number): void
  /** The send queue ran empty or has room again after a refusal, or packets left the air. At most once a turn. */
  onWritable(): void
  /** The peer closed the session. */
  onKill(): void
}

export interface SessionOptions {
  readonly env: Env
  readonly crypto: Crypto
  readonly blocks: PacketBlocks
  /** Shared by the sessions of one engine: packets are opened one after the other. */
  readonly openScratch: Scratch
  readonly sealScratch: Scratch
  readonly key: SharedKey
  readonly sendNonce: Nonce
  readonly receiveNonce: Nonce
  readonly owner: SessionOwner
  /** The handshake's round trip, when it was measured. */
  readonly rttMs?: Millis | undefined
  /** 0 on the network; tests start near 2^32. */
  readonly firstPacketNumber?: number
}

export class Session {
  readonly #env: Env
  readonly #owner: SessionOwner
  readonly #cipher: SessionCipher
  readonly #openScratch: Scratch
  readonly #sealScratch: Scratch
  readonly #send: Sender
  readonly #receive: ReceiveWindow
  readonly #held = new HeldPackets(() => this.#onReleased())
  readonly #gaps = new Uint8Array(1 + REQUEST_GAPS_MAX_BYTES)
  readonly #deadline: Deadline
  #isClosed = false
  #isAtTurnEnd = false
  #isRelayed = false
  /** How many packets more are acknowledged by fours, and since when. */
  #toShow = SHOWN_PACKETS
  #shownMs = 0

  /** Something was delivered, or released, that no packet of ours has told. */
  #owesAck = false
  /** Packets are missing and the peer was not told, or not since something changed. */
  #owesGaps = false
  #requestSentMs = Number.NEGATIVE_INFINITY
  /** After how long to ask again for missing packets. */
  #gapIntervalMs = GAP_INTERVAL_MS

  constructor(options: SessionOptions) {
    this.#env = options.env
    this.#owner = options.owner
    this.#openScratch = options.openScratch
    this.#sealScratch = options.sealScratch
    this.#cipher = new SessionCipher(options.crypto, options.key, options.sendNonce, options.receiveNonce)
    const line = {
      seal: (plain: Uint8Array, purpose: Purpose) => this.#seal(plain, purpose),
      onWritable: () => this.#owner.onWritable(),
    }
    this.#send = new Sender(options.env, options.blocks, line, options.firstPacketNumber)
    this.#receive = new ReceiveWindow(options.firstPacketNumber)
    this.#deadline = options.env.deadlines.create('net-crypto gaps', () =>
      this.#sendRequest('data', this.#env.clock.now()),
    )
    if (options.rttMs !== undefined) this.#send.rtt.samplePath(options.rttMs, options.env.clock.now())
  }

  get stats(): SessionStats {
    return this.#send.stats
  }
  get freeSlots(): number {
    return this.#send.freeSlots
  }
  get readySlots(): number {
    return this.#send.readySlots
  }
  /** The number of the next lossless packet that was never sent: whoever has it has seen our present acknowledgement. */
  get nextPacketNumber(): number {
    return this.#send.next
  }
  /** The nonce that the next packet will have. */
  get nextSendNonce(): Nonce {
    return this.#cipher.sendNonce
  }

  /** Sends a lossless payload, or queues it; its packet number, or `undefined` when 32,768 packets wait already. */
  sendLossless(data: Uint8Array): number | undefined {
    checkPayload(data, LOSSLESS_ID_MIN, LOSSLESS_ID_MAX)
    return this.#send.push(data)
  }

  /** Sends a lossy payload now; false when no path works. */
  sendLossy(data: Uint8Array): boolean {
    checkPayload(data, LOSSY_ID_MIN, LOSSY_ID_MAX)
    return !this.#isClosed && this.#sealPayload(data, 'data')
  }

  /** Whether the peer has acknowledged packet `number` and all before it. */
  isAcked(number: number): boolean {
    return this.#send.isAcked(number)
  }

  /**
   * Holds back the acknowledgement of the lossless packet that is being handed up, and so of all later ones, while delivery
   * goes on. To be called from inside `onLossless`.
   */
  hold(): PacketHold {
    const number = (this.#receive.start - 1) >>> 0
    if (!this.#receive.isWithholding) this.#receive.withhold(number)
    return this.#held.hold(number)
  }

  /** Whether a data packet may be newer than all before: it costs nothing to ask. */
  mayBeNext(packet: Uint8Array): boolean {
    return !this.#isClosed && packet.length > DATA_OVERHEAD_BYTES && this.#cipher.mayBeNext(packet)
  }

  /** Handles a data packet. False when it is not authentic or makes no sense: then it says nothing about its sender. */
  receive(packet: Uint8Array): boolean {
    if (packet.length <= DATA_OVERHEAD_BYTES || packet.length > DATA_PACKET_MAX_BYTES) return this.#drop('bad size')
    const plain = this.#cipher.open(packet, this.#openScratch)
    if (plain === undefined) return this.#drop('not authentic')
    const start = this.#send.start
    const receivedUpTo = readU32(plain, 0)
    if (!this.#send.acknowledge(receivedUpTo)) return this.#drop('acknowledges the unsent')
    let at = DATA_HEADER_BYTES
    while (plain[at] === PayloadId.PADDING) at++
    if (at === plain.length) return this.#drop('empty')
    this.#owner.onAuthentic()
    if (this.#isClosed) return true
    if (start !== this.#send.start) {
      this.#owner.onAcked(this.#send.start)
      this.#askTurnEnd()
    }
    // A gap list counts from the acknowledgement beside it: one that comes late, past a newer one, means other packets.
    const isLate = receivedUpTo !== this.#send.start
    if (!this.#isClosed) this.#handle(plain.subarray(at), readU32(plain, 4), isLate)
    if (!this.#isClosed && this.#send.settle()) this.#askTurnEnd()
    return true
  }

  /** Called once by the owner, when all packets of a turn that asked for it are handled. */
  turnEnd(): void {
    this.#isAtTurnEnd = false
    if (this.#isClosed) return
    const now = this.#env.clock.now()
    if (now - this.#shownMs >= SHOWN_EVERY_MS) {
      this.#shownMs = now
      this.#toShow = SHOWN_PACKETS
    }
    this.#send.pumpAndTell(now)
    if (this.#isClosed) return
    if (this.#owesGaps) {
      // Gap lists may be long: between two of them goes a quarter of a round trip.
      const allowedMs = this.#requestSentMs + Math.min(this.#send.rtt.minMs / 4, GAP_INTERVAL_MS)
      if (now >= allowedMs) this.#sendRequest('data', now)
      else this.#deadline.set(allowedMs)
    } else if (this.#owesAck) this.#sendRequest('data', now)
  }

  /** Called every second: keeps the path open and says what is missing. `probesDirect`: tries the direct way as well. */
  tick(now: Millis, probesDirect = false): void {
    if (this.#isClosed) return
    // What the probe says may get lost, so it is said by relay as well.
    if (probesDirect) this.#sealPayload(REQUEST_ONLY, 'direct')
    const isDue = now - this.#requestSentMs >= REQUEST_INTERVAL_MS - REQUEST_SLACK_MS
    if (probesDirect || isDue) this.#sendRequest('probe', now)
    this.#send.pumpAndTell(now)
  }

  /** Packets may leave again by a way that was full, or gone. */
  resume(): void {
    if (!this.#isClosed) this.#send.pumpAndTell(this.#env.clock.now())
  }

  /** Packets take another way from now on: what was learnt about the old one is void, and so is perhaps what flew there. */
  pathChanged(isRelayed = false): void {
    if (this.#isClosed) return
    this.#isRelayed = isRelayed
    this.#send.pathChanged(isRelayed)
  }

  /** Whether relays carry the packets, from the beginning. */
  setRelayed(isRelayed: boolean): void {
    this.#isRelayed = isRelayed
    this.#send.setRelayed(isRelayed)
  }

  /** Whether the peer acknowledges nothing, though asked: its packets may need another way. */
  get isStalled(): boolean {
    return this.#send.isStalled
  }

  /** Sends a packet request: our acknowledgement, what is missing, and how far we sent. */
  sendRequest(): void {
    this.#sendRequest('probe', this.#env.clock.now())
  }

  /** Ends the session, telling the peer unless it told us. */
  close(tellPeer: boolean): void {
    if (this.#isClosed) return
    if (tellPeer) this.#sealPayload(KILL, 'probe')
    this.#isClosed = true
    this.#deadline.clear()
    this.#send.close()
    this.#receive.clear()
    this.#held.close()
    this.#cipher.wipe()
  }

  #handle(payload: Uint8Array, number: number, isLate: boolean): void {
    const id = payload[0]!
    if (id >= LOSSLESS_ID_MIN && id <= LOSSLESS_ID_MAX) return this.#handleLossless(payload, number)
    if (id >= LOSSY_ID_MIN && id <= LOSSY_ID_MAX) {
      this.#noteEnd(number)
      return this.#owner.onLossy(payload)
    }
    if (id === PayloadId.KILL) return this.#owner.onKill()
    if (id !== PayloadId.REQUEST) return this.#env.drops.count('net-crypto/unknown payload id')
    if (payload.length > 1 && !isLate) this.#send.applyRequest(payload.subarray(1))
    this.#noteEnd(number)
  }

  #handleLossless(payload: Uint8Array, number: number): void {
    this.#askTurnEnd()
    switch (this.#receive.accept(number, payload)) {
      case 'deliver': {
        let data: Uint8Array | undefined = payload
        this.#receive.delivered()
        while (data !== undefined && !this.#isClosed) {
          this.#owesAck = true
          this.#owner.onLossless(data)
          if (this.#isRelayed && this.#toShow > 0) this.#acknowledgeOften()
          data = this.#receive.takeNext()
        }
        if (this.#receive.hasGaps) this.#owesGaps = true
        return
      }
      case 'stored':
        this.#owesGaps = true
        return
      case 'duplicate':
        // Our acknowledgement was lost, or the peer probes: either way it wants to know.
        this.#owesAck = true
        return
      case 'too-far':
        return this.#env.drops.count('net-crypto/beyond the window')
    }
  }

  #acknowledgeOften(): void {
    if (--this.#toShow % SHOWING_ACK_PACKETS !== 0) return
    if (!this.#isClosed && !this.#receive.isWithholding) this.#sendRequest('data', this.#env.clock.now())
  }

  #onReleased(): void {
    if (this.#isClosed) return
    this.#receive.withhold(this.#held.oldest)
    this.#owesAck = true
    this.#askTurnEnd()
  }

  /** The peer has sent all packets before `number`. */
  #noteEnd(number: number): void {
    if (!this.#receive.announceEnd(number)) return
    this.#owesGaps = true
    this.#askTurnEnd()
  }

  #sendRequest(purpose: Purpose, now: Millis): void {
    this.#requestSentMs = now
    this.#deadline.clear()
    if (!this.#receive.hasGaps) {
      this.#gapIntervalMs = GAP_INTERVAL_MS
      // What is held has arrived: unless it is told, the sender has to take it for lost.
      this.#sealPayload(this.#receive.isWithholding ? this.#gapRequest() : REQUEST_ONLY, purpose)
    } else {
      this.#sealPayload(this.#gapRequest(), purpose)
      if (this.#owesGaps) this.#gapIntervalMs = Math.max(GAP_INTERVAL_MS, this.#send.rtt.middleMs)
      else this.#gapIntervalMs = Math.min(2 * this.#gapIntervalMs, REQUEST_INTERVAL_MS)
      this.#deadline.set(now + this.#gapIntervalMs)
    }
    this.#owesGaps = this.#owesAck = false
  }

  #gapRequest(): Uint8Array {
    this.#gaps[0] = PayloadId.REQUEST
    return this.#gaps.subarray(0, 1 + this.#receive.writeGaps(this.#gaps.subarray(1)))
  }

  #askTurnEnd(): void {
    if (this.#isAtTurnEnd) return
    this.#isAtTurnEnd = true
    this.#owner.atTurnEnd(this)
  }

  #sealPayload(payload: Uint8Array, purpose: Purpose): boolean {
    const padding = paddingOf(payload.length)
    const plain = this.#sealScratch.view(DATA_HEADER_BYTES + padding + payload.length)
    writeU32(plain, 4, this.#send.next)
    plain.fill(0, DATA_HEADER_BYTES, DATA_HEADER_BYTES + padding)
    plain.set(payload, DATA_HEADER_BYTES + padding)
    return this.#seal(plain, purpose)
  }

  /** Seals a text straight into the place where it is sent from, acknowledging all that was delivered and is not held. */
  #seal(plain: Uint8Array, purpose: Purpose): boolean {
    const out = this.#owner.reserve(SessionCipher.packetSize(plain.length), purpose)
    if (out === undefined) return false
    writeU32(plain, 0, this.#receive.acknowledged)
    this.#cipher.seal(plain, out)
    // While an acknowledgement is held, only a gap list tells what arrived.
    if (!this.#receive.isWithholding) this.#owesAck = false
    return true
  }

  #drop(why: string): false {
    this.#env.drops.count(`net-crypto/data ${why}`)
    return false
  }
}

function checkPayload(data: Uint8Array, idMin: number, idMax: number): void {
  if (data.length === 0 || data.length > PAYLOAD_MAX_BYTES) throw new RangeError(`payload of ${data.length} bytes`)
  const id = data[0]!
  if (id < idMin || id > idMax) throw new RangeError(`payload id ${id} is not in ${idMin}..${idMax}`)
}

function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
