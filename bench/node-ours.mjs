// Our bootstrap node under measurement: node-ours.mjs PORT prints `ready KEY`.

import { createNode } from './ours.mjs'

console.log(`ready ${await createNode(Number(process.argv[2]))}`)
process.stdin.on('close', () => process.exit(0)).resume()
