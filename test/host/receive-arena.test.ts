import assert from 'node:assert/strict'
import { nativeUdpMissing, openNativeUdp } from '../../src/host/native-udp.js'
import type { UdpSocket } from '../../src/host/udp-socket.js'
import { until } from '../support/until.js'

describe('the arena into which all native sockets receive', () => {
  const missing = nativeUdpMissing()
  if (missing !== undefined) {
    it.skip(`no native sockets: ${missing}`)
    return
  }

  const open = (): UdpSocket => openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })

  it('is not overwritten by a socket that is read while another handles its batch', async () => {
    const [one, two, sender] = [open(), open(), open()]
    try {
      sender.sender.send(one.local, Uint8Array.of(1, 1, 1))
      sender.sender.send(two.local, Uint8Array.of(2, 2, 2))
      sender.flush()
      const got: number[][] = []
      let nested = 0
      await until(() => {
        one.receive((_from, packet) => {
          two.receive(() => nested++)
          got.push([...packet])
        })
        return got.length > 0
      }, 'a packet for the first socket')
      assert.deepEqual(got, [[1, 1, 1]])
      assert.equal(nested, 0)
      await until(() => {
        two.receive((_from, packet) => got.push([...packet]))
        return got.length > 1
      }, 'a packet for the second socket')
      assert.deepEqual(got, [
        [1, 1, 1],
        [2, 2, 2],
      ])
    } finally {
      for (const socket of [one, two, sender]) socket.close()
    }
  })
})
