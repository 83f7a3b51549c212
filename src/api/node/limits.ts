// What an operator may bound, and within which limits.

export interface BootstrapNodeLimits {
  /** TCP connections in all, those in their handshake too; one more is refused. 10,240 unless told. */
  readonly relayConnections?: number
  /** TCP connections from one address (IPv6: one /64). 256 unless told. */
  readonly relayConnectionsPerAddress?: number
  /**
   * How many times the usual share of packets one address is served (IPv6: one /64), from 1 to 1000: for a node whose users come
   * from behind one address. Settled when it starts. 1 unless told.
   */
  readonly packetShare?: number
}

/** How configuration files and metrics call a limit, and what it may be. */
export const LIMIT_RANGES: {
  readonly [K in keyof BootstrapNodeLimits]-?: { readonly setting: string; readonly min: number; readonly max: number }
} = {
  relayConnections: { setting: 'relay_connections', min: 0, max: 1_000_000 },
  relayConnectionsPerAddress: { setting: 'relay_connections_per_address', min: 0, max: 1_000_000 },
  packetShare: { setting: 'packet_share', min: 1, max: 1000 },
}
