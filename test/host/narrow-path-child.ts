// Runs where the loopback's MTU is 1,280: sends runs of packets that do not fit and prints how many arrived.

import { openNativeUdp } from '../../src/host/native-udp.js'
import { loadNativeUdp } from '../../src/host/native-udp-binding.js'

const UdpSocket = loadNativeUdp()
if (typeof UdpSocket === 'string') throw new Error(UdpSocket)
const receiver = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
const sender = new UdpSocket()
sender.open(4, Uint8Array.of(127, 0, 0, 1), 0, 0)
const rows = new Int32Array(100 * 8)
for (let i = 0; i < 100; i++) {
  rows.set([i * 1400, 1400, 4, receiver.localPort], i * 8)
  new Uint8Array(rows.buffer).set([127, 0, 0, 1], i * 32 + 16)
}
sender.send(new Uint8Array(140_000), rows, 0, 100)
let arrived = 0
for (let i = 0; i < 20; i++) while (receiver.receive((_from, packet) => (arrived += packet.length === 1400 ? 1 : 0))) {}
const { packetsOut, unsent, refusedSegments } = sender.stats()
console.log(JSON.stringify({ arrived, packetsOut, unsent, refusedSegments }))
sender.close()
receiver.close()
