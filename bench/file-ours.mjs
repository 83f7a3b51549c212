// Our engine's side of a file transfer on Node: the twin of file-peer.c, with the same lines.

import { createInterface } from 'node:readline'

const { openRuntime } = await import(new URL('../dist/esm/api/runtime.js', import.meta.url).href)

const [port, role, size] = process.argv.slice(2)
const chunk = new Uint8Array(2048)
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const ignore = () => {}
let begun
let begunCpu
let idleBytes
let mostBytes
let pieces = 0

function begin() {
  begun = performance.now()
  begunCpu = process.cpuUsage()
  idleBytes = mostBytes = process.memoryUsage.rss()
}

function notePiece() {
  if (++pieces % 8192 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss())
}

function end() {
  const { user, system } = process.cpuUsage(begunCpu)
  const megabytes = (mostBytes - idleBytes) / 1e6
  process.stdout.write(`done ${(performance.now() - begun) / 1e3} ${(user + system) / 1e6} ${megabytes}\n`)
}

let files
const messenger = {
  friendConnectionStatus: (friend, status) => {
    if (role === 'send' && status !== 'none')
      files.send(friend, { kind: 0, size: BigInt(size), name: chunk.subarray(0, 1) })
  },
  friendMessage: ignore,
  friendReadReceipt: ignore,
  fileOffer: (friend, file) => {
    files.control(friend, file, 'resume')
    begin()
  },
  fileControl: begin,
  fileChunkRequest: (friend, file, position, length) => {
    notePiece()
    if (length === 0) end()
    else files.sendChunk(friend, file, position, chunk.subarray(0, length))
  },
  fileChunk: (_friend, _file, _position, data) => {
    notePiece()
    if (data.length === 0) end()
  },
}
for (const name of ['Request', 'Name', 'StatusMessage', 'Status', 'Typing', 'LosslessPacket', 'LossyPacket']) {
  messenger[`friend${name}`] = ignore
}
const options = { bindAddress: '127.0.0.1', ipv6: false, port: Number(port) }
const runtime = await openRuntime(options, { messenger, connection: ignore })
const { engine } = runtime
files = engine.messenger.files
await runtime.start()
process.stdout.write(`up ${runtime.udpPort} ${hex(engine.dht.publicKey)} ${hex(engine.longTermKeys.publicKey)}\n`)
const input = createInterface({ input: process.stdin })
input.on('line', async (line) => {
  const [otherPort, dht, key] = line.split(' ')
  runtime.turn(() => engine.messenger.addFriendWithoutRequest(Buffer.from(key, 'hex')))
  if (otherPort !== '0') await runtime.bootstrap(`127.0.0.1:${otherPort}:${dht}`)
})
input.on('close', () => process.exit(0))
