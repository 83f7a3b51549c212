// Our bootstrap node under measurement: node-ours.mjs PORT [OPTIONS as JSON] prints `ready KEY`.

import { createNode } from './ours.mjs'

const [port, options = '{}'] = process.argv.slice(2)
console.log(`ready ${await createNode(Number(port), JSON.parse(options))}`)
process.stdin.on('close', () => process.exit(0)).resume()
