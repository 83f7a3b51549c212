// `toxcore-ts demo` (what `npm start` runs): a bootstrap node and an echo bot, both on loopback, and how to talk to them.

import { basename, join, relative, sep } from 'node:path'
import { BootstrapNodeServer, Tox } from '../api/index.js'
import type { Command } from './command.js'
import { echoEverything } from './echo.js'
import { bootstrapNodesOf, joinNetwork, networkOptions, timeoutOf, untilStopped } from './network.js'
import { defaultDataDir, makeFolder } from './profile-dir.js'
import { painter, showToxId } from './terminal.js'

const { timeout, bootstrap, nodes } = networkOptions

export const demo: Command = {
  name: 'demo',
  summary: 'Starts a bootstrap node on loopback and an echo bot on it, and tells how to reach them.',
  options: {
    data: { value: 'DIR', help: 'keep the profile of the bot in DIR (default: ~/.local/share/toxcore-ts)' },
    bootstrap: bootstrap!,
    nodes: nodes!,
    timeout: timeout!,
  },
  details:
    'The first line of standard output is the Tox ID of the bot. No packet leaves this machine unless nodes are named\n' +
    'with --bootstrap or --nodes; then the bot can be reached from everywhere.',
  async run(values) {
    const stopped = untilStopped()
    const outside = bootstrapNodesOf(values)
    const bindAddress = outside.length === 0 ? '127.0.0.1' : undefined
    const dir = values.text('data') ?? defaultDataDir()
    timeoutOf(values)
    makeFolder(dir)
    await using server = await BootstrapNodeServer.create({
      bindAddress: '127.0.0.1',
      keyFile: join(dir, 'node.key'),
      motd: 'toxcore-ts demo',
    })
    await using tox = await Tox.create({
      profile: join(dir, 'echo.tox'),
      name: 'Echo',
      statusMessage: 'I repeat what you say',
      ...(bindAddress === undefined ? {} : { bindAddress, ipv6: false }),
      bootstrap: [...outside, server.asBootstrapNode()],
    })
    echoEverything(tox)
    showToxId(tox.address)
    await Promise.race([joinNetwork(tox, values), stopped])
    printHelp(tox, server, { isPublic: outside.length > 0, dir })
    await stopped
    return 0
  },
}

/** How this command line was called, so that what is printed can be typed as it stands. */
function ourName(): string {
  const path = process.argv[1] ?? ''
  if (basename(path) !== 'main.js') return path.includes(`${sep}node_modules${sep}`) ? 'npx toxcore-ts' : 'toxcore-ts'
  const short = relative(process.cwd(), path)
  return `node ${short.startsWith('..') ? path : short}`
}

function printHelp(tox: Tox, server: BootstrapNodeServer, { isPublic, dir }: { isPublic: boolean; dir: string }): void {
  const paint = painter(process.stdout)
  const where = isPublic ? 'the network that you named' : 'this machine only'
  const lines = [
    `The line above is the Tox ID of an echo bot (${where}). Talk to it from another terminal:`,
    '',
    `  ${paint('cyan', `${ourName()} chat --bootstrap ${server.asBootstrapNode()} --add ${tox.address}`)}`,
    '',
    'or from any Tox client on this machine: let it bootstrap from',
    '',
    `  address ${server.host}   port ${server.port}   key ${server.publicKey}`,
    '',
    `and add the Tox ID as a friend. Press Ctrl-C to stop. The keys are kept in ${dir}.`,
  ]
  console.log(lines.join('\n'))
}
