// One side of a file transfer through the Node API without UDP, from disk to disk:
// relay-file-ours.mjs send|receive BYTES RELAY NODE …   (each HOST:PORT:KEY)
//   prints  up KEY
//   reads   KEY                        the other side's
//   prints  done SECONDS CPU_SECONDS   from the acceptance of the file to its end

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const { Tox } = await import(new URL('../dist/esm/index.js', import.meta.url).href)

const [role, size, relay, ...bootstrap] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'bench-file-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const source = join(folder, 'source')
let begun
let begunCpu

function begin() {
  begun = performance.now()
  begunCpu = process.cpuUsage()
}

function end() {
  const { user, system } = process.cpuUsage(begunCpu)
  process.stdout.write(`done ${(performance.now() - begun) / 1e3} ${(user + system) / 1e6}\n`)
}

if (role === 'send') {
  const out = createWriteStream(source)
  for (let left = Number(size); left > 0; left -= 1e6) out.write(Buffer.alloc(Math.min(left, 1e6), left & 255))
  await new Promise((resolve) => out.end(resolve))
}
const tox = await Tox.create({ udp: false, ipv6: false, relays: [relay], bootstrap })
tox.on('file', async ({ transfer }) => {
  begin()
  await transfer.accept(join(folder, 'target'))
  await transfer.finished
  end()
})
process.stdout.write(`up ${tox.publicKey}\n`)
const input = createInterface({ input: process.stdin })
input.on('line', (key) => {
  const friend = tox.addFriendWithoutRequest(key)
  if (role !== 'send') return
  const transfer = friend.sendFile(source)
  transfer.once('progress', begin)
  transfer.finished.then(end)
})
input.on('close', () => process.exit(0))
