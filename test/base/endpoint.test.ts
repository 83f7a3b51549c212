import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'

const text = (ip: string): string | undefined => Endpoint.parse(ip, 1)?.ip

describe('endpoint', () => {
  it('reads and prints IPv4 and IPv6', () => {
    assert.equal(text('192.0.2.1'), '192.0.2.1')
    assert.equal(text('::1'), '::1')
    assert.equal(text('::'), '::')
    assert.equal(text('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1')
    assert.equal(text('2001:db8:0:1:1:1:1:1'), '2001:db8:0:1:1:1:1:1')
    assert.equal(text('fe80::'), 'fe80::')
    assert.equal(Endpoint.parse('::1', 33445)!.toString(), '[::1]:33445')
    assert.equal(Endpoint.parse('127.0.0.1', 33445)!.toString(), '127.0.0.1:33445')
  })

  it('turns IPv4 inside IPv6 into IPv4', () => {
    assert.equal(text('::ffff:10.0.0.1'), '10.0.0.1')
    assert.equal(Endpoint.parse('::ffff:10.0.0.1', 5)!.key, Endpoint.parse('10.0.0.1', 5)!.key)
  })

  it('refuses what is no address', () => {
    for (const bad of [
      '',
      '1.2.3',
      '1.2.3.256',
      '1.2.3.04',
      '1::2::3',
      ':1',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      'g::',
      '::1.2.3',
      'host',
    ]) {
      assert.equal(Endpoint.parse(bad, 1), undefined, bad)
    }
    assert.equal(Endpoint.parse('127.0.0.1', 65_536), undefined)
    assert.throws(() => Endpoint.of(new Uint8Array(5), 1), RangeError)
  })

  it('parses what it prints, and keys are equal exactly when endpoints are', () => {
    const address = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    fc.assert(
      fc.property(address, fc.nat(65_535), address, fc.nat(65_535), (a, portA, b, portB) => {
        const left = Endpoint.of(a, portA)
        const right = Endpoint.of(b, portB)
        assert.equal(Endpoint.parse(left.ip, portA)!.key, left.key)
        assert.equal(left.key === right.key, left.toString() === right.toString())
      }),
    )
  })

  it('knows private networks and addresses that nothing can be sent to', () => {
    for (const lan of [
      '10.1.2.3',
      '172.16.0.1',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.1.1',
      '127.0.0.1',
      '::1',
      'fe80::1',
      'fd00::1',
      '100.64.0.1',
    ]) {
      assert.equal(Endpoint.parse(lan, 1)!.isLan, true, lan)
    }
    for (const wan of ['8.8.8.8', '172.32.0.1', '2001:db8::1', '100.128.0.1'])
      assert.equal(Endpoint.parse(wan, 1)!.isLan, false, wan)
    for (const bad of ['0.0.0.0', '224.0.0.1', '255.255.255.255', '::', 'ff02::1'])
      assert.equal(Endpoint.parse(bad, 1)!.isSendable, false, bad)
    assert.equal(Endpoint.parse('8.8.8.8', 0)!.isSendable, false)
    assert.equal(Endpoint.parse('8.8.8.8', 1)!.isSendable, true)
  })
})
