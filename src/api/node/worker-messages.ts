// What a node and its workers say to each other. Everything is copied on its way.

import type { Millis } from '../../base/index.js'
import type { DhtPublicKey, DhtSecretKey } from '../../crypto/index.js'
import type { UdpFamily } from '../../host/udp-socket.js'
import type { ReturnKey } from '../../onion/index.js'
import type { NodeCounts } from './node-counts.js'

/** What a worker is born with. */
export interface WorkerSetup {
  readonly family: UdpFamily
  readonly address: string
  readonly port: number
  readonly publicKey: DhtPublicKey
  readonly secretKey: DhtSecretKey
  readonly returnKey: ReturnKey
  /** What the node's clock told at this moment of the machine's (`process.hrtime`). */
  readonly nowMs: Millis
  readonly atNs: bigint
  readonly nodes: Uint8Array
  readonly sourceShare: number
}

export type ToWorker =
  /** These nodes answer (`Dht.writeNodes`). */
  | { readonly kind: 'nodes'; readonly nodes: Uint8Array }
  /** Close the socket, wipe the keys, end. */
  | { readonly kind: 'close' }

/** All that one turn of a worker leaves to the node. */
export interface WorkerBatch {
  readonly kind: 'batch'
  /** Whoever asked and may be worth knowing, as node infos. */
  readonly askers: Uint8Array[]
  readonly relayed: { readonly mark: Uint8Array; readonly data: Uint8Array }[]
  readonly packets: { readonly address: Uint8Array; readonly port: number; readonly packet: Uint8Array }[]
}

/** What a worker has counted since it began. */
export interface WorkerCounts extends NodeCounts {
  readonly kind: 'counts'
}

export type FromWorker = { readonly kind: 'ready' } | WorkerBatch | WorkerCounts
