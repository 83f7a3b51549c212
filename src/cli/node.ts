// `toxcore-ts node`: a bootstrap node. Loopback only, unless an address to listen on is named.

import { CliError, type Command } from './command.js'
import { loadConfig } from './node/config.js'
import { serve } from './node/service.js'
import { nodesToJoin, settingOptions, settingsOf } from './node/settings.js'
import { printNodeChecks } from './node-check.js'

export const node: Command = {
  name: 'node',
  summary: 'Runs a bootstrap node and TCP relay: others join the network through it and it carries their packets.',
  options: {
    ...settingOptions,
    'check-config': { help: 'run no node, but tell what is wrong with --config' },
    check: { help: 'run no node, but ask those of --bootstrap, --nodes and --public whether they answer' },
    json: { help: 'print what --check finds as JSON, a line for each node' },
    timeout: { value: 'SECONDS', help: 'how long --check waits for answers (default 5)' },
  },
  details: [
    'The first line of standard output is HOST:PORT:KEY, as --bootstrap of the other commands takes it.',
    'SIGHUP reloads the configuration and opens the log anew, without dropping a connection; SIGTERM stops the node.',
    'With --check the exit code is 0 when each node answers under its key, by UDP and on each TCP port, else 1.',
    'doc/node.md is the guide for operators.',
  ].join('\n'),
  async run(values) {
    const timeoutMs = 1000 * values.number('timeout', 5, 1, 3600)
    if (values.has('check-config')) return checkConfig(values.text('config'))
    if (!values.has('check')) return await serve(values)
    const { config } = settingsOf(values)
    const tcpPorts = values.has('tcp-port') ? config.tcpPorts! : []
    return await printNodeChecks(await nodesToJoin(config, values), tcpPorts, timeoutMs, values.has('json'))
  },
}

function checkConfig(path: string | undefined): number {
  if (path === undefined) throw new CliError('option --check-config needs --config FILE')
  const { warnings } = loadConfig(path)
  for (const warning of warnings) console.error(warning)
  console.log(`${path}: ${warnings.length === 0 ? 'well' : 'usable'}`)
  return 0
}
