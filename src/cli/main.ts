#!/usr/bin/env node
// The command line: `toxcore-ts COMMAND [OPTIONS]`. One command, one file; this one only finds it and reports mistakes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../addon/here.cjs'
import { ToxError } from '../tox/errors.js'
import { chat } from './chat.js'
import { CliError, type Command, helpOf, parseCommandLine } from './command.js'
import { demo } from './demo.js'
import { echo } from './echo.js'
import { exportHistory, history } from './history.js'
import { id } from './id.js'
import { importProfile } from './import.js'
import { node } from './node.js'
import { nodes } from './nodes.js'
import { profile } from './profile.js'
import { receive } from './receive.js'
import { send } from './send.js'

const COMMANDS: readonly Command[] = [
  demo,
  echo,
  chat,
  send,
  receive,
  history,
  exportHistory,
  importProfile,
  profile,
  id,
  node,
  nodes,
]

const HELP: ReadonlySet<string> = new Set(['--help', '-h'])

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return [
    'Usage: toxcore-ts COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...rows,
    '',
    'toxcore-ts COMMAND --help tells more.',
  ].join('\n')
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || HELP.has(name) || name === 'help') {
    console.log(overview())
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    console.log(version())
    return 0
  }
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) throw new CliError(`unknown command '${name}'; see toxcore-ts --help`)
  if (rest.some((arg) => HELP.has(arg))) {
    console.log(helpOf(command))
    return 0
  }
  return command.run(parseCommandLine(command, rest))
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot()!, 'package.json'), 'utf8')) as { version: string }
  return version
}

// Who reads our output may leave before us (`toxcore-ts echo | head -1`): a bot goes on without them.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (error instanceof CliError) {
      console.error(`toxcore-ts: ${error.message}`)
      process.exitCode = error.exitCode
    } else if (error instanceof ToxError) {
      console.error(`toxcore-ts: ${error.message}`)
      process.exitCode = 1
    } else {
      // A mistake of our own: what it left open must not keep the program alive.
      console.error('toxcore-ts: internal error:', error)
      process.exit(70)
    }
  },
)
