// `toxcore-ts node`: a bootstrap node. Loopback only, unless an address to listen on is named.

import { BootstrapNodeServer } from '../api/index.js'
import { CliError, type Command } from './command.js'
import { bootstrapNodesOf, untilStopped } from './network.js'
import { printNodeChecks } from './node-check.js'

export const node: Command = {
  name: 'node',
  summary: 'Runs a bootstrap node and TCP relay: others join the network through it and it carries their packets.',
  options: {
    listen: { value: 'ADDRESS', help: 'IP address to listen on; 0.0.0.0 or :: for all (default 127.0.0.1)' },
    port: { value: 'PORT', help: 'UDP port (default: the first free one from 33445 to 33545)' },
    'tcp-port': {
      value: 'PORT',
      help: 'be a TCP relay on this port, for those who cannot use UDP',
      repeatable: true,
    },
    key: { value: 'FILE', help: 'keep the key pair in FILE, so that the node stays the same (default: a new one)' },
    check: { help: 'run no node, but ask those of --bootstrap and --nodes whether they answer' },
    timeout: { value: 'SECONDS', help: 'how long --check waits for answers (default 5)' },
    motd: { value: 'TEXT', help: 'message of the day, at most 255 bytes' },
    bootstrap: { value: 'HOST:PORT:KEY', help: 'a node to join the network through', repeatable: true },
    nodes: { value: 'FILE', help: 'nodes to join through, in the JSON of nodes.tox.chat' },
  },
  details: [
    'The first line of standard output is HOST:PORT:KEY, as --bootstrap of the other commands takes it.',
    'With --check the exit code is 0 when each node answers under its key, by UDP and on each TCP port, else 1.',
  ].join('\n'),
  async run(values) {
    const nodes = bootstrapNodesOf(values)
    const tcpPorts = values.all('tcp-port').map(portOf)
    const timeoutMs = 1000 * values.number('timeout', 5, 1, 3600)
    if (values.has('check')) return await printNodeChecks(nodes, tcpPorts, timeoutMs)
    const stopped = untilStopped()
    const motd = values.text('motd') ?? 'toxcore-ts'
    if (Buffer.byteLength(motd) > 255) throw new CliError(`option --motd is longer than 255 bytes`)
    await using server = await BootstrapNodeServer.create({
      bindAddress: values.text('listen') ?? '127.0.0.1',
      ...(values.has('port') ? { port: values.number('port', 0, 1, 65_535) } : {}),
      tcpPorts,
      ...(values.has('key') ? { keyFile: values.text('key')! } : {}),
      motd,
      bootstrap: nodes,
    })
    console.log(server.asBootstrapNode())
    await stopped
    return 0
  },
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new CliError(`option --tcp-port: '${text}' is not a port from 1 to 65535`)
  return port
}
