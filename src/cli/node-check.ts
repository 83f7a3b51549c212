// `toxcore-ts node --check`: do nodes do their work? For people, and for monitors, who read the exit code.

import { type BootstrapNode, checkNode, formatNodeVersion, type NodeCheck } from '../api/index.js'
import { formatBootstrapNode } from '../host/nodes-file.js'
import { CliError } from './command.js'
import { harmlessLines } from './terminal.js'

/** Prints what each node answers; 0 when all answer by UDP and on their TCP ports (or on `tcpPorts`, where there are any), else 1. */
export async function printNodeChecks(
  nodes: readonly BootstrapNode[],
  tcpPorts: readonly number[],
  timeoutMs: number,
  isJson = false,
): Promise<number> {
  if (nodes.length === 0) throw new CliError('option --check needs a node: --bootstrap HOST:PORT:KEY or --nodes FILE')
  let isWell = true
  for (const node of nodes) {
    const check = await checkNode(node, { timeoutMs, ...(tcpPorts.length === 0 ? {} : { tcpPorts }) })
    const { udpMs, tcp } = check
    const isNodeWell = udpMs !== undefined && tcp.every(({ ms }) => ms !== undefined)
    if (isJson) console.log(JSON.stringify({ node: formatBootstrapNode(node), isWell: isNodeWell, ...check }))
    else printNodeCheck(node, check)
    if (!isNodeWell) isWell = false
  }
  return isWell ? 0 : 1
}

function printNodeCheck(node: BootstrapNode, { udpMs, version, motd, tcp }: NodeCheck): void {
  const print = (what: string, text: string): void => console.log(`  ${what.padEnd(10)} ${text}`)
  const time = (ms: number | undefined): string => (ms === undefined ? 'no answer' : `${ms.toFixed(1)} ms`)
  console.log(formatBootstrapNode(node))
  print('UDP', time(udpMs))
  for (const { port, ms } of tcp) print(`TCP ${port}`, time(ms))
  if (version !== undefined) print('version', `${version} (${formatNodeVersion(version)})`)
  if (motd !== undefined) print('motd', harmlessLines(motd))
}
