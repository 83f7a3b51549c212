// Ports asked of routers: routers by script (miniupnpd itself is met in test/interop), hostile ones among them.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defaultGateways, GatewayError, type WantedPort } from '../../src/host/port-mapping/gateway.js'
import { PcpGateway, readPcp, readPmp, readPmpAddress } from '../../src/host/port-mapping/pcp.js'
import { readAnswer } from '../../src/host/port-mapping/ssdp.js'
import { findService, tagText, UpnpGateway } from '../../src/host/port-mapping/upnp.js'
import { seededRandom } from '../support/env.js'

const UDP: WantedPort = { protocol: 'udp', port: 33_445 }
const TCP: WantedPort = { protocol: 'tcp', port: 33_445 }

const toStop: (() => unknown)[] = []
afterEach(() => {
  for (const stop of toStop.splice(0)) stop()
})

/** A router on loopback that answers each datagram with what `answer` makes of it. */
async function router(answer: (request: Buffer) => Uint8Array[]): Promise<PcpGateway> {
  const socket = createSocket('udp4')
  socket.on('message', (request, from) => {
    for (const bytes of answer(request)) socket.send(bytes, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  toStop.push(() => socket.close())
  const gateway = await PcpGateway.open('127.0.0.1', { port: socket.address().port, firstWaitMs: 20 })
  toStop.push(() => gateway.close())
  return gateway
}

/** As PCP answers: the request again, with a result, a lifetime and what was assigned. */
function pcpAnswer(request: Buffer, { result = 0, port = 40_000, lifetimeS = 600 } = {}): Buffer {
  const answer = Buffer.from(request)
  answer[1] = 0x81
  answer[3] = result
  answer.writeUInt32BE(lifetimeS, 4)
  answer.writeUInt16BE(port, 42)
  answer.set([9, 8, 7, 6], 56)
  return answer
}

function pmpAnswer(request: Buffer, result = 0): Buffer {
  if (request[1] === 0) return Buffer.from([0, 128, 0, result, 0, 0, 0, 1, 9, 8, 7, 6])
  const answer = Buffer.from([
    0,
    128 | request[1]!,
    0,
    result,
    0,
    0,
    0,
    1,
    ...request.subarray(4, 6),
    0x9c,
    0x40,
    0,
    0,
    2,
    88,
  ])
  return answer
}

describe('port mapping by PCP and NAT-PMP', () => {
  it('is asked by PCP where the router speaks it, and given back', async () => {
    const requests: Buffer[] = []
    const gateway = await router((request) => {
      requests.push(request)
      return [pcpAnswer(request)]
    })
    const mapped = await gateway.map(UDP, 7200)
    assert.deepEqual(
      [mapped.method, String(mapped.external), mapped.lifetimeS, mapped.protocol, mapped.port],
      ['pcp', '9.8.7.6:40000', 600, 'udp', 33_445],
    )
    await gateway.map(UDP, 7200, mapped)
    await gateway.unmap(mapped)
    const [first, again, last] = requests as [Buffer, Buffer, Buffer]
    assert.deepEqual([first.length, first[0], first[1], first.readUInt32BE(4), first[36]], [60, 2, 1, 7200, 17])
    assert.deepEqual([...first.subarray(8, 24)], [...new Array(10).fill(0), 255, 255, 127, 0, 0, 1])
    assert.equal(again.readUInt16BE(42), 40_000, 'the port that is held is asked for again')
    assert.deepEqual([last.readUInt32BE(4), last.readUInt16BE(40)], [0, 33_445])
    assert.deepEqual(last.subarray(24, 36), first.subarray(24, 36), 'under the same nonce')
  })

  it('is asked by NAT-PMP where the router speaks that alone', async () => {
    const asked: string[] = []
    const gateway = await router((request) => {
      asked.push(`${request[0]} ${request[1]}`)
      return [request[0] === 2 ? Buffer.from([0, 129, 0, 1, 0, 0, 0, 1]) : pmpAnswer(request)]
    })
    const mapped = await gateway.map(TCP, 7200)
    assert.deepEqual([mapped.method, String(mapped.external), mapped.lifetimeS], ['nat-pmp', '9.8.7.6:40000', 600])
    await gateway.unmap(mapped)
    assert.deepEqual(asked, ['2 1', '0 2', '0 0', '0 2'])
  })

  it('is asked again when a datagram is lost, and given up in the end', async () => {
    let count = 0
    const slow = await router((request) => (++count < 3 ? [] : [pcpAnswer(request)]))
    assert.equal((await slow.map(UDP, 60)).external.port, 40_000)
    assert.equal(count, 3)
    const mute = await router(() => [])
    await assert.rejects(mute.map(UDP, 60), GatewayError)
  })

  it('says what the router said when it refuses', async () => {
    const gateway = await router((request) => [pcpAnswer(request, { result: 8 })])
    await assert.rejects(gateway.map(UDP, 60), /PCP\): out of resources/)
    const old = await router((request) =>
      request[0] === 2 ? [Buffer.from([0, 129, 0, 1, 0, 0, 0, 1])] : [pmpAnswer(request, 2)],
    )
    await assert.rejects(old.map(UDP, 60), /NAT-PMP\): not allowed/)
  })

  it('believes no answer to another question, and survives junk of every length', async () => {
    const dice = seededRandom(5)
    const gateway = await router((request) => {
      const foreign = pcpAnswer(request, { port: 1 })
      foreign[30]! ^= 1
      const otherPort = pcpAnswer(request, { port: 2 })
      otherPort[41]! ^= 1
      const junk = Array.from({ length: 80 }, (_, length) => {
        const bytes = dice.bytes(length)
        if (length > 1) bytes.set([2, 0x81])
        return bytes
      })
      return [...junk, foreign, otherPort, pcpAnswer(request, { port: 40_001 })]
    })
    assert.equal((await gateway.map(UDP, 60)).external.port, 40_001)
    for (let n = 0; n < 20_000; n++) {
      const bytes = dice.bytes(dice.uniform(70))
      if (bytes.length > 4) bytes.set([0, 128 | dice.uniform(3), 0, 0])
      readPmp(bytes, UDP)
      readPmpAddress(bytes)
      assert.ok(['undefined', 'string'].includes(typeof readPcp(bytes, new Uint8Array(12), UDP)))
    }
  })
})

describe('port mapping by UPnP', () => {
  const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1'
  const description = (control: string, type = SERVICE): string =>
    `<root><device><serviceList><service><serviceType>urn:other:1</serviceType><controlURL>/no</controlURL></service>
     <service><serviceType>${type}</serviceType><controlURL>${control}</controlURL></service></serviceList></device></root>`

  /** A router that describes itself and answers calls; what it was asked is kept. */
  const upnp = async (answer: (action: string, body: string) => [number, string]) => {
    const calls: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        if (request.method === 'GET') return void response.end(description('/ctl'))
        const action = String(request.headers.soapaction).split('#')[1]!.slice(0, -1)
        calls.push(
          `${action} ${tagText(body, 'NewExternalPort') ?? ''} ${tagText(body, 'NewLeaseDuration') ?? ''}`.trim(),
        )
        const [status, text] = answer(action, body)
        response.statusCode = status
        response.end(text)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    toStop.push(() => server.close())
    const location = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/desc.xml`)
    return { calls, open: () => UpnpGateway.open({ location, ownAddress: '192.168.1.2' }) }
  }
  const address = '<NewExternalIPAddress>9.8.7.6</NewExternalIPAddress>'
  const fault = (code: number): [number, string] => [
    500,
    `<s:Fault><UPnPError><errorCode>${code}</errorCode><errorDescription>no\u0007</errorDescription></UPnPError></s:Fault>`,
  ]

  it('asks for the port, and gives it back', async () => {
    const { calls, open } = await upnp((_action, body) => {
      assert.ok(!body.includes('InternalClient') || tagText(body, 'NewInternalClient') === '192.168.1.2')
      return [200, address]
    })
    const gateway = await open()
    const mapped = await gateway.map(UDP, 7200)
    assert.deepEqual([mapped.method, String(mapped.external), mapped.lifetimeS], ['upnp', '9.8.7.6:33445', 7200])
    await gateway.unmap(mapped)
    assert.deepEqual(calls, ['GetExternalIPAddress', 'AddPortMapping 33445 7200', 'DeletePortMapping 33445'])
  })

  it('takes another outer port when ours is taken, and a lasting one where the router knows no other', async () => {
    const taken = await upnp((action, body) => {
      if (action === 'GetExternalIPAddress') return [200, address]
      return tagText(body, 'NewExternalPort') === '33445' ? fault(718) : [200, '']
    })
    const mapped = await (await taken.open()).map(UDP, 7200)
    assert.ok(mapped.external.port >= 49_152)
    const lasting = await upnp((action, body) => {
      if (action === 'GetExternalIPAddress') return [200, address]
      return tagText(body, 'NewLeaseDuration') === '0' ? [200, ''] : fault(725)
    })
    assert.equal((await (await lasting.open()).map(UDP, 7200)).lifetimeS, 0)
    const refusing = await upnp((action) => (action === 'GetExternalIPAddress' ? [200, address] : fault(606)))
    await assert.rejects((await refusing.open()).map(UDP, 7200), /UPnP\): 606 no\?$/)
  })

  it('reads no more than an answer may be long, and calls nobody else', async () => {
    const endless = await upnp(() => [200, 'x'.repeat(70_000)])
    await assert.rejects((await endless.open()).map(UDP, 60), /too long/)
    const here = new URL('http://192.168.1.1:5000/desc.xml')
    assert.equal(findService(description('/ctl'), here)?.control.href, 'http://192.168.1.1:5000/ctl')
    assert.equal(findService(description('http://192.168.1.1:80/x'), here)?.control.port, '')
    for (const control of [
      'http://10.0.0.1/x',
      'https://192.168.1.1/',
      'file:///etc/passwd',
      '//evil.example/',
      'http://[',
    ]) {
      assert.equal(findService(description(control), here), undefined, control)
    }
    assert.equal(findService(description('/ctl', 'urn:schemas-upnp-org:service:Layer3Forwarding:1'), here), undefined)
    assert.equal(findService('<service>'.repeat(10_000), here), undefined)
  })

  it('believes a router that names its own host, and no other', () => {
    const answer = (location: string, st = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1'): string =>
      `HTTP/1.1 200 OK\r\nST: ${st}\r\nLocation: ${location}\r\n\r\n`
    assert.equal(readAnswer(answer('http://192.168.1.1:5000/d.xml'), '192.168.1.1')?.port, '5000')
    for (const location of ['http://192.168.1.9/d.xml', 'http://router.example/', 'https://192.168.1.1/', 'x', '']) {
      assert.equal(readAnswer(answer(location), '192.168.1.1'), undefined, location)
    }
    assert.equal(readAnswer(answer('http://192.168.1.1/', 'urn:printer'), '192.168.1.1'), undefined)
    assert.equal(readAnswer(answer('http://192.168.1.1/').replace('200', '500'), '192.168.1.1'), undefined)
    assert.equal(readAnswer('NOTIFY * HTTP/1.1', '192.168.1.1'), undefined)
  })
})

describe('the default router', () => {
  it('is read from the table of the kernel, the nearest first', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
      'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
      'eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
      'tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0',
      '',
    ].join('\n')
    assert.deepEqual(
      defaultGateways(() => table),
      ['192.168.1.1', '192.168.2.1'],
    )
  })

  it('is none where there is no table, or junk in it', () => {
    assert.deepEqual(
      defaultGateways(() => {
        throw new Error('ENOENT')
      }),
      [],
    )
    assert.deepEqual(
      defaultGateways(() => 'x\ny\tz\n\t00000000\tQQ\t\t\t\t1\t00000000'),
      [],
    )
  })
})
