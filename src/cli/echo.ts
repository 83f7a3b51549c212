// `toxcore-ts echo`: a bot that accepts every friend and says back what it hears.

import type { Tox } from '../api/index.js'
import type { Command } from './command.js'
import { botProfileOptions, botProfilePath, joinNetwork, networkOptions, startTox, untilStopped } from './network.js'
import { showToxId } from './terminal.js'

/** Makes `tox` an echo bot. */
export function echoEverything(tox: Tox): void {
  tox.on('friendRequest', (request) => request.accept())
  tox.on('message', ({ friend, text, kind }) => {
    // A friend who leaves before the receipt comes is no failure of the bot.
    friend.send(text, { kind }).catch(() => {})
  })
}

export const echo: Command = {
  name: 'echo',
  summary: 'Runs a bot that accepts friend requests and echoes messages and actions.',
  options: { ...botProfileOptions, ...networkOptions },
  details: 'The first line of standard output is the Tox ID of the bot. It runs until it is interrupted.',
  async run(values) {
    const stopped = untilStopped()
    const profile = (): string | undefined => botProfilePath(values, 'echo')
    await using session = await startTox(values, profile, {
      name: 'Echo',
      statusMessage: 'I repeat what you say',
      keepsHistory: false,
    })
    const { tox } = session
    echoEverything(tox)
    showToxId(tox.address)
    if (!['bootstrap', 'nodes', 'public', 'relay'].some((name) => values.has(name))) {
      console.error('No node was named: only peers on this machine can reach the bot (see --bootstrap and --nodes).')
    }
    await Promise.race([joinNetwork(tox, values), stopped])
    await stopped
    return 0
  },
}
