// Our bootstrap node under measurement: node-ours.mjs PORT [TCP_PORT] prints `ready KEY`.

import { createNode } from './ours.mjs'

const [port, tcpPort] = process.argv.slice(2).map(Number)
console.log(`ready ${await createNode(port, tcpPort)}`)
process.stdin.on('close', () => process.exit(0)).resume()
