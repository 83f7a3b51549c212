// Where a packet comes from or goes to. An address that arrives as IPv4 inside IPv6 (::ffff:a.b.c.d) is IPv4 here.

/** An IP address and a UDP or TCP port. Immutable; compare by `key`. */
export class Endpoint {
  /** Equal endpoints have equal keys, different ones different keys. */
  readonly key: string

  private constructor(
    readonly family: 4 | 6,
    /** 4 or 16 bytes in network order; never written to. */
    readonly address: Uint8Array,
    readonly port: number,
  ) {
    let key = ''
    for (let i = 0; i < address.length; i++) key += String.fromCharCode(address[i]!)
    this.key = key + String.fromCharCode(port)
  }

  /** From 4 or 16 address bytes (copied) and a port of 0 to 65,535. Throws RangeError on any other size or port. */
  static of(address: Uint8Array, port: number): Endpoint {
    if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new RangeError(`not a port: ${port}`)
    if (address.length === 4) return new Endpoint(4, address.slice(), port)
    if (address.length !== 16) throw new RangeError(`an IP address has 4 or 16 bytes, not ${address.length}`)
    if (isMappedIpv4(address)) return new Endpoint(4, address.slice(12), port)
    return new Endpoint(6, address.slice(), port)
  }

  /** From a numeric IP text (`'127.0.0.1'`, `'::1'`); `undefined` when it is none. Host names belong to the host's DNS. */
  static parse(ip: string, port: number): Endpoint | undefined {
    const address = ip.includes(':') ? parseIpv6(ip) : parseIpv4(ip)
    if (address === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) return undefined
    return Endpoint.of(address, port)
  }

  /** The same address with another port. */
  withPort(port: number): Endpoint {
    return Endpoint.of(this.address, port)
  }

  /** The address alone as a map key: what per-source limits count by. IPv6 hosts own a /64, so that is one source. */
  get sourceKey(): string {
    return this.family === 4 ? this.key.slice(0, 4) : this.key.slice(0, 8)
  }

  equals(other: Endpoint): boolean {
    return this.key === other.key
  }

  /** The address as text, without the port. */
  get ip(): string {
    return this.family === 4 ? this.address.join('.') : ipv6Text(this.address)
  }

  toString(): string {
    return this.family === 4 ? `${this.ip}:${this.port}` : `[${this.ip}]:${this.port}`
  }

  get isLoopback(): boolean {
    return this.family === 4 ? this.address[0] === 127 : ipv6Text(this.address) === '::1'
  }

  /** fe80::/10: an address that only means something together with the link that it was seen on. */
  get isLinkLocal(): boolean {
    return this.family === 6 && this.address[0] === 0xfe && (this.address[1]! & 0xc0) === 0x80
  }

  /** Private, link-local or loopback: an address that is only meaningful on the network that it was seen in. */
  get isLan(): boolean {
    const [a, b] = this.address as unknown as [number, number]
    if (this.isLoopback) return true
    if (this.family === 6) return this.isLinkLocal || (a & 0xfe) === 0xfc
    return (
      a === 10 ||
      (a === 172 && b >= 16 && b <= 31) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b <= 127)
    )
  }

  /** Whether a packet could be sent there: a port that is not 0 and an address that is neither unspecified nor multicast. */
  get isSendable(): boolean {
    if (this.port === 0) return false
    if (this.family === 6) return this.address[0] !== 0xff && this.address.some((byte) => byte !== 0)
    return this.address[0] !== 0 && this.address[0]! < 224
  }
}

function isMappedIpv4(address: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false
  return address[10] === 0xff && address[11] === 0xff
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256))
  return bytes.some((byte) => byte > 255) ? undefined : Uint8Array.from(bytes)
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const last = groups[groups.length - 1]!
  if (last.length > 0 && last[last.length - 1]!.includes('.')) {
    const tail = parseIpv4(last.pop()!)
    if (tail === undefined) return undefined
    last.push(((tail[0]! << 8) | tail[1]!).toString(16), ((tail[2]! << 8) | tail[3]!).toString(16))
  }
  const count = groups.reduce((sum, group) => sum + group.length, 0)
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined
  const zeros = new Array<string>(8 - count).fill('0')
  const all = halves.length === 1 ? groups[0]! : [...groups[0]!, ...zeros, ...groups[1]!]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const bytes = new Uint8Array(16)
  all.forEach((group, i) => {
    const value = Number.parseInt(group, 16)
    bytes[2 * i] = value >> 8
    bytes[2 * i + 1] = value & 0xff
  })
  return bytes
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`. */
function ipv6Text(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (address[2 * i]! << 8) | address[2 * i + 1]!)
  let best = -1
  let bestLength = 1
  for (let start = 0; start < 8; start++) {
    let end = start
    while (end < 8 && groups[end] === 0) end++
    if (end - start > bestLength) {
      best = start
      bestLength = end - start
    }
  }
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':')
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`
}
