// One of ours in a process of its own, so that it can live in a network namespace. Its argument: the options, as JSON. Commands
// come and events go as JSON lines; our-peer.ts describes them.

import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Tox, type ToxOptions } from '../../src/index.js'

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

void live(JSON.parse(process.argv[2]!) as ToxOptions)
