// What `Tox.create` takes.

import type { LogLevel } from '../base/index.js'
import type { CryptoName } from '../crypto/index.js'
import type { BootstrapNode, RelayNode } from '../host/nodes-file.js'
import type { OutboxStore, ReceiptMode, ReceivedStore } from '../messenger/index.js'
import type { ToxStore } from '../store/index.js'
import type { TransferStore } from '../store/transfers.js'
import type { ProxyServer } from '../transport/proxy/proxy.js'
import type { Message } from './events.js'
import type { FileKindName } from './files/transfer.js'

/** How a Tox reaches the network, and what others may see of it (doc/privacy.md). */
export interface NetworkOptions {
  /**
   * Nodes to join the network through, as `'HOST:PORT:KEY'` or parsed. They are asked again until one answers; those with
   * `tcpPorts` are used as relays as well.
   */
  readonly bootstrap?: readonly (string | BootstrapNode)[]
  /** Local address to bind to; all addresses unless told. `'127.0.0.1'` keeps every packet on this machine. */
  readonly bindAddress?: string
  /** UDP port; unless told, the first free one from 33445 to 33545. 0 lets the system choose. */
  readonly port?: number
  /** Whether to use IPv6 beside IPv4. True unless told. */
  readonly ipv6?: boolean
  /** Whether to use UDP. True unless told; never with a proxy, which carries TCP alone (as in c-toxcore). */
  readonly udp?: boolean
  /** TCP relays to be reached through where UDP does not work, as `'HOST:PORT:KEY'` or parsed. */
  readonly relays?: readonly (string | RelayNode)[]
  /** Be a TCP relay for others on this port; 0 lets the system choose. No relay unless told. */
  readonly tcpPort?: number
  /**
   * A proxy that all connections go through, as `'socks5://user:password@host:port'`, `'http://…'` or its parts. Host names
   * (also `.onion`) are the proxy's to resolve.
   */
  readonly proxy?: string | ProxyServer
  /**
   * `'strict'`: nothing but connections to the proxy leaves this machine: no UDP socket, no DNS query, no LAN packet, no direct
   * TCP. Needs a proxy by IP address, and is what one gets with a proxy unless told `'normal'`, which looks up the name of the
   * proxy itself, and may be a relay (`tcpPort`). Without a proxy `'normal'`.
   */
  readonly privacy?: 'normal' | 'strict'
  /**
   * Whether to be found by, and to find, others on the same local network without any node: the DHT key is told there every ten
   * seconds. True unless told, or unless all nodes of `bootstrap` are on this machine; never where it is bound to loopback or
   * has no UDP.
   */
  readonly localDiscovery?: boolean
  /** Whether to open ways through NATs for friends. True unless told. */
  readonly holePunching?: boolean
  /**
   * Whether to ask the router of the home for the UDP port, and for `tcpPort`, by PCP, NAT-PMP or UPnP (doc/nat.md). False unless
   * told. What comes of it is told by `portMapping` events; it is never an error.
   */
  readonly portMapping?: boolean
}

export interface ToxOptions extends NetworkOptions {
  /**
   * Path of the profile, a `.tox` file as c-toxcore writes it. It is created when absent, locked against a second process, and
   * saved by the library: atomically, some hundred milliseconds after a change, and at `close()`.
   */
  readonly profile?: string
  /** The bytes of a `.tox` file to start from, when you keep them yourself. Not together with `profile`. */
  readonly savedata?: Uint8Array
  /**
   * The passphrase of the profile (or of `savedata`): text, or bytes as they are. What is encrypted is opened with it, and what
   * is saved, also by `tox.savedata()`, is encrypted with it, readable by every Tox client. A profile that was plain becomes
   * encrypted, its backup too. The key is made once, when the instance starts (about 100 ms), and wiped when it is closed.
   */
  readonly passphrase?: string | Uint8Array
  /** Your name, at most 128 bytes of UTF-8; without it the saved one stays. */
  readonly name?: string
  /** At most 1,007 bytes of UTF-8; without it the saved one stays. */
  readonly statusMessage?: string
  /**
   * What is remembered beside the profile: history, outbox, received messages that are not settled, file transfers and people.
   * `openSqliteStore` gives one on disk, `openProfileDirectory` one with its profile; close it after the instance. In memory
   * unless told, and then only the newest 1,000 messages of the history.
   */
  readonly store?: ToxStore
  /** Where messages sent with `outbox: true` wait; that of `store` unless told. */
  readonly outbox?: OutboxStore
  /**
   * Takes each received message before its sender gets the receipt, and before the `message` event. What comes twice because
   * the process was killed in between is dropped. That of `store` unless told; without either, messages are the application's
   * from the event on.
   */
  readonly received?: ReceivedStore
  /**
   * `'manual'`: a message is acknowledged only after `message.confirm()` (or the handler of `tox.handleMessages`) has said so;
   * until then its sender has no receipt. When the session ends first, a sender with an outbox sends it again.
   * `'automatic'` unless told: as soon as it has arrived.
   */
  readonly receipts?: ReceiptMode
  /** Where it is kept how far file transfers have come; that of `store` unless told: in memory they end with the process. */
  readonly transfers?: TransferStore
  /** Receives event names and public facts, never message text or secret keys. Silent unless told. */
  readonly log?: (level: LogLevel, module: string, text: string) => void
  /** Forces a crypto backend; otherwise the fastest that loads. */
  readonly crypto?: CryptoName
}

/** Options of calls that wait. */
export interface WaitOptions {
  /** Rejects the wait with `TOX_ERR_TS_ABORTED` when aborted. */
  readonly signal?: AbortSignal | undefined
}

export interface HandleOptions {
  /** Ends the handling when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Hears why a message could not be handled, each time. A warning of the process unless given. */
  readonly onError?: (error: unknown, message: Message) => void
}

export interface SendOptions extends WaitOptions {
  /** `'normal'` unless told. */
  readonly kind?: 'normal' | 'action'
  /**
   * Keeps the message while the friend is offline, in order with others, until a receipt arrives. Without it, sending to an
   * offline friend fails. Aborting ends the wait, not the delivery.
   */
  readonly outbox?: boolean
}

/** What `friend.sendFile` can send: a file by its path, or what bytes come from. */
export type FileContent =
  | string
  | URL
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array>

export interface SendFileOptions {
  /** At most 255 bytes of UTF-8. Unless told, the last part of the path, the name of a `File`, or nothing. */
  readonly name?: string
  /** `'data'` unless told. */
  readonly kind?: FileKindName
  /** Of a stream whose size is known. It must keep its word. */
  readonly size?: number | bigint
  /**
   * 32 bytes by which the friend knows the file again. Random unless told; of avatars the SHA-256 of the content, as the
   * protocol wants it.
   */
  readonly fileId?: Uint8Array
  /** Cancels the transfer when aborted. */
  readonly signal?: AbortSignal | undefined
  /**
   * Files by path: goes on after a restart of the program, by itself and when the same file is sent again to the same friend.
   * True unless told, false for avatars. (After a lost connection whatever can be read again goes on in any case.)
   */
  readonly resume?: boolean
}
