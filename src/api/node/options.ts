// What a bootstrap node is told when it starts.

import type { LogLevel } from '../../base/index.js'
import type { BootstrapNode } from '../../host/nodes-file.js'
import type { KeyFileFormat } from './key-file.js'
import type { BootstrapNodeLimits } from './limits.js'

export interface BootstrapNodeServerOptions {
  /** Local address to bind to; `'127.0.0.1'` unless told: name `'0.0.0.0'` or `'::'` to serve others. */
  readonly bindAddress?: string
  /** Whether `'::'` may become `'0.0.0.0'` on a machine without IPv6. False unless told. */
  readonly ipv4Fallback?: boolean
  /** UDP port; unless told, the first free one from 33445 to 33545. 0 lets the system choose. */
  readonly port?: number
  /** The last UDP port to try, from `port` on; `port` alone unless told. */
  readonly lastPort?: number
  /** TCP ports on which it relays for those who cannot use UDP; none unless told. 0 lets the system choose. */
  readonly tcpPorts?: readonly number[]
  /** Whether it starts though a TCP port is taken; `closedTcpPorts` tells which. False unless told. */
  readonly toleratesTakenPorts?: boolean
  /**
   * Keeps the key pair in this file, so that the node stays the same; made when absent, readable by its owner alone. Ours (64
   * hex digits of the secret key) and tox-bootstrapd's (64 bytes) are read.
   */
  readonly keyFile?: string
  /** How a new key file is written; `'hex'` unless told, `'binary'` is tox-bootstrapd's. */
  readonly keyFormat?: KeyFileFormat
  /** Keeps the nodes that it knows in this file, so that it is back in the network at once after a restart. */
  readonly stateFile?: string
  /**
   * Message of the day, at most 255 bytes, shown by tools that ask nodes for their state; false answers no such question.
   * `{uptime}`, `{version}`, `{dht_nodes}`, `{relay_clients}`, `{announced}` and `{packets}` are filled in.
   */
  readonly motd?: string | false
  /** Whether others on the same local network find it without knowing it. True unless told; never on loopback. */
  readonly lanDiscovery?: boolean
  /**
   * Whether the router of a home is asked to open the ports, UDP and TCP (PCP, NAT-PMP, UPnP): false unless told; never on
   * loopback, nor on IPv6 alone. What comes of it stands in `portMappings` and the log; a failure is never an error.
   */
  readonly portMapping?: boolean
  /** Other nodes to join the network through. */
  readonly bootstrap?: readonly (string | BootstrapNode)[]
  readonly limits?: BootstrapNodeLimits
  /** Threads that share the UDP port, on a machine with many cores (`node/workers.ts`): 1 unless told. Linux alone. */
  readonly workers?: number
  /** Told what happens; never secrets. */
  readonly log?: (level: LogLevel, module: string, text: string) => void
}

/** What can be changed while it runs; what is absent stays as it is. */
export type BootstrapNodeServerUpdate = Pick<BootstrapNodeServerOptions, 'tcpPorts' | 'limits' | 'portMapping'> & {
  readonly motd?: string
}
