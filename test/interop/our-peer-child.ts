// One of ours in a process of its own, so that it can live in a network namespace. Its arguments: the options, as JSON, and for a
// bootstrap node, which takes no commands, `node`. Commands come and events go as JSON lines; our-peer.ts describes them.

import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { BootstrapNodeServer, type BootstrapNodeServerOptions, Tox, type ToxOptions } from '../../src/index.js'

type Command = { add: string } | { say: string }

const tell = (event: object): void => void writeSync(1, `${JSON.stringify(event)}\n`)

async function live(options: ToxOptions): Promise<void> {
  const log: ToxOptions['log'] = (level, module, text) => tell({ log: `${level} ${module}: ${text}` })
  const tox = await Tox.create({ ...options, log })
  tox.on('friendConnection', ({ connection }) => tell({ connection }))
  tox.on('message', ({ text }) => tell({ heard: text }))
  tox.on('connection', (network) => tell({ network }))
  tox.on('portMapping', (mapping) => tell({ mapping }))
  tell({ publicKey: tox.publicKey, dhtKey: tox.dhtKey, port: tox.udpPort })
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command
    if ('add' in command) tox.addFriendWithoutRequest(command.add)
    else await tox.friends[0]!.send(command.say)
  }
  await tox.close()
}

async function serve(options: BootstrapNodeServerOptions): Promise<void> {
  const { publicKey, port } = await BootstrapNodeServer.create(options)
  tell({ publicKey, port })
}

const [, , options, role] = process.argv
if (role === 'node') void serve(JSON.parse(options!) as BootstrapNodeServerOptions)
else void live(JSON.parse(options!) as ToxOptions)
