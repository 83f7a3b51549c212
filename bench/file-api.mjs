// A file transfer through the Node API, from disk to disk: the twin of file-ours.mjs, with the same lines.

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const { Tox } = await import(new URL('../dist/esm/index.js', import.meta.url).href)

const [port, role, size] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'bench-file-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const source = join(folder, 'source')
let begun
let begunCpu
let idleBytes
let mostBytes

function begin(transfer) {
  begun = performance.now()
  begunCpu = process.cpuUsage()
  idleBytes = mostBytes = process.memoryUsage.rss()
  transfer.on('progress', () => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss())
  })
}

function end() {
  const { user, system } = process.cpuUsage(begunCpu)
  const megabytes = (mostBytes - idleBytes) / 1e6
  process.stdout.write(`done ${(performance.now() - begun) / 1e3} ${(user + system) / 1e6} ${megabytes}\n`)
}

if (role === 'send') {
  const out = createWriteStream(source)
  for (let left = Number(size); left > 0; left -= 1e6) out.write(Buffer.alloc(Math.min(left, 1e6), left & 255))
  await new Promise((resolve) => out.end(resolve))
}
const tox = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, port: Number(port) })
tox.on('file', async ({ transfer }) => {
  begin(transfer)
  await transfer.accept(join(folder, 'target'))
  await transfer.finished
  end()
})
process.stdout.write(`up ${tox.udpPort} ${tox.dhtKey} ${tox.publicKey}\n`)
const input = createInterface({ input: process.stdin })
input.on('line', async (line) => {
  const [otherPort, dht, key] = line.split(' ')
  const friend = tox.addFriendWithoutRequest(key)
  if (role === 'send') {
    const transfer = friend.sendFile(source)
    transfer.once('progress', () => begin(transfer))
    transfer.finished.then(end)
  }
  if (otherPort !== '0') await tox.bootstrap(`127.0.0.1:${otherPort}:${dht}`)
})
input.on('close', () => process.exit(0))
