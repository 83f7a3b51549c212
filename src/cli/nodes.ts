// `toxcore-ts nodes`: the nodes of the public network, as --public would use them.

import { publicNodes } from '../api/node/node-lists.js'
import { formatNodesJson } from '../api/node/public-nodes.js'
import { formatBootstrapNode } from '../host/nodes-file.js'
import { CliError, type Command } from './command.js'
import { describeList, listsOf } from './public-nodes.js'

export const nodes: Command = {
  name: 'nodes',
  summary: 'Shows nodes of the public network, from lists on the web or the one that was fetched last.',
  options: {
    refresh: { help: 'fetch a list now (default: when the last one is older than a day)' },
    offline: { help: 'ask nobody: the list that was fetched last, or the bundled one' },
    list: { value: 'URL', help: 'fetch from here, in the JSON of nodes.tox.chat', repeatable: true },
    json: { help: 'in the JSON of nodes.tox.chat, as --nodes FILE reads it' },
  },
  details: [
    'Each line is HOST:PORT:KEY, as --bootstrap takes it; standard error tells where the list is from and how old it is.',
    'Lists are asked one after another until one answers. The exit code is 1 when --refresh finds none.',
  ].join('\n'),
  async run(values) {
    if (values.has('refresh') && values.has('offline')) throw new CliError('--refresh and --offline exclude each other')
    const lists = values.all('list')
    const found = await publicNodes({
      ...(lists.length > 0 ? { lists } : listsOf()),
      fetch: values.has('refresh') ? 'always' : values.has('offline') ? 'never' : 'when-stale',
    })
    for (const failure of found.failures) console.error(`toxcore-ts: ${failure}`)
    console.error(`toxcore-ts: ${describeList(found)}`)
    if (values.has('json')) process.stdout.write(formatNodesJson(found.nodes, Math.floor(found.takenMs / 1000)))
    else for (const node of found.nodes) console.log(formatBootstrapNode(node))
    return values.has('refresh') && ['cache', 'bundled'].includes(found.source) ? 1 : 0
  },
}
