// Which networks of a machine are spoken to, from which socket.

import assert from 'node:assert/strict'
import type { NetworkInterfaceInfo } from 'node:os'
import { Endpoint } from '../../src/base/index.js'
import { HostLan } from '../../src/host/lan.js'
import { openUdpSocket } from '../../src/host/open-udp.js'
import type { Link, UdpFamily, UdpSocket } from '../../src/host/udp-socket.js'

const ipv4 = (address: string, netmask: string, internal = false): NetworkInterfaceInfo => ({
  family: 'IPv4',
  address,
  netmask,
  internal,
  mac: '02:00:00:00:00:01',
  cidr: null,
})
const ipv6 = (address: string, scopeid: number, internal = false): NetworkInterfaceInfo => ({
  family: 'IPv6',
  address,
  netmask: 'ffff:ffff:ffff:ffff::',
  internal,
  mac: '02:00:00:00:00:01',
  cidr: null,
  scopeid,
})

const MACHINE = {
  lo: [ipv4('127.0.0.1', '255.0.0.0', true), ipv6('::1', 0, true)],
  eth0: [ipv4('192.168.7.20', '255.255.255.0'), ipv6('2001:db8::7', 0), ipv6('fe80::7', 2)],
  wlan0: [ipv4('172.20.1.1', '255.255.240.0'), ipv6('fe80::8', 3)],
  wg0: [ipv4('10.8.0.3', '255.255.255.255')],
  ppp0: [ipv4('10.9.0.0', '255.255.255.254')],
  again: [ipv4('192.168.7.21', '255.255.255.0')],
}

/** What a socket would be told to send, one line each. */
function spoken(family: UdpFamily, local: string, interfaces: Record<string, NetworkInterfaceInfo[]> = MACHINE) {
  const lines: string[] = []
  const send = (to: Endpoint): void => void lines.push(String(to))
  const socket = {
    family,
    local: Endpoint.parse(local, 33_445)!,
    sender: { send, reserve: () => new Uint8Array(0) },
    multicastBy({ name, index }: Link): boolean {
      lines.push(`by ${name} (${index})`)
      return name !== 'gone'
    },
  } as unknown as UdpSocket
  new HostLan(socket, () => interfaces).send([33_445], Uint8Array.of(0x21))
  return lines
}

describe('networks of this machine', () => {
  it('hear each broadcast once, and link-local multicast by each of their interfaces', () => {
    assert.deepEqual(spoken('dual', '::'), [
      '192.168.7.255:33445',
      '172.20.15.255:33445',
      '255.255.255.255:33445',
      'by eth0 (2)',
      '[ff02::1]:33445',
      'by wlan0 (3)',
      '[ff02::1]:33445',
    ])
  })

  it('hear a socket of one family in that family alone', () => {
    assert.ok(spoken('ipv4', '0.0.0.0').every((line) => !line.includes('ff02')))
    assert.ok(spoken('ipv6', '::').every((line) => line.startsWith('by') || line.includes('ff02')))
  })

  it('hear nothing of a socket that is bound to another network, or to loopback', () => {
    assert.deepEqual(spoken('ipv4', '172.20.1.1'), ['172.20.15.255:33445'])
    assert.deepEqual(spoken('ipv6', '2001:db8::7'), ['by eth0 (2)', '[ff02::1]:33445'])
    assert.deepEqual(spoken('ipv4', '127.0.0.1'), [])
    assert.deepEqual(spoken('ipv6', '::1'), [])
  })

  it('are sixteen at most, and an interface that has just gone is passed over', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `br${i}`,
        [ipv4(`10.0.${i}.1`, '255.255.255.0'), ipv6(`fe80::${i}`, i + 1)],
      ]),
    )
    assert.equal(spoken('dual', '::', many).length, 16 + 1 + 2 * 16)
    assert.deepEqual(spoken('ipv6', '::', { gone: [ipv6('fe80::1', 9)] }), ['by gone (9)'])
  })

  it('are those that the system names, and a real socket speaks to them without complaint', async () => {
    const socket = await openUdpSocket({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    new HostLan(socket).send([33_445], Uint8Array.of(0x21))
    socket.flush()
    assert.equal(socket.stats().packetsOut, 0)
    assert.equal(socket.multicastBy({ name: 'lo', index: 1 }), false)
    socket.close()
  })
})
