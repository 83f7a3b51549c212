// Passphrases: from a file, or typed on the terminal without an echo. Never from the command line, which every user of the
// machine can read in the list of processes.

import { readFileSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { CliError, type Option, systemReason, type Values } from './command.js'

/** Longer than any passphrase: who names a film by mistake hears of it. */
const PASSPHRASE_BYTES_MAX = 4096

export const passphraseOption: Readonly<Record<'passphrase-file', Option>> = {
  'passphrase-file': {
    value: 'FILE',
    help: "the passphrase of the profile is FILE's first line (default: asked for on the terminal)",
  },
}

/** The passphrase in the file that an option names; `undefined` without the option. CliError tells what is wrong with it. */
export function passphraseFromFile(values: Values, option = 'passphrase-file'): string | undefined {
  const path = values.text(option)
  if (path === undefined) return undefined
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new CliError(`cannot read the passphrase file ${path}: ${systemReason(error)}`, 1)
  }
  const end = bytes.indexOf(0x0a)
  const line = (end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8').replace(/\r$/, '')
  bytes.fill(0)
  if (line === '') throw new CliError(`the first line of the passphrase file ${path} is empty`, 1)
  if (Buffer.byteLength(line) > PASSPHRASE_BYTES_MAX) {
    throw new CliError(`the first line of ${path} has more than ${PASSPHRASE_BYTES_MAX} bytes: a passphrase file?`, 1)
  }
  return line
}

/** Whether somebody sits there who can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Asks on the terminal, without an echo. What is typed behind Enter is left for who reads next. CliError on Ctrl-C or Ctrl-D. */
export function askPassphrase(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    const line = new EditedLine()
    const onData = (bytes: Buffer): void => {
      const text = decoder.write(bytes)
      for (const [index, letter] of [...text].entries()) {
        const what = line.take(letter)
        if (what === 'more') continue
        stdin.off('data', onData)
        stdin.setRawMode(false)
        stdin.pause()
        stderr.write('\n')
        const rest = [...text].slice(index + 1).join('')
        if (rest !== '') stdin.unshift(Buffer.from(rest))
        if (what === 'done') return resolve(line.text)
        return reject(new CliError('no passphrase was typed', 1))
      }
    }
    stdin.setRawMode(true)
    stdin.resume()
    stdin.on('data', onData)
  })
}

/** What a terminal makes of keys when it lets a line be edited; here without showing it. */
class EditedLine {
  #letters: string[] = []

  get text(): string {
    return this.#letters.join('')
  }

  take(letter: string): 'more' | 'done' | 'given up' {
    switch (letter) {
      case '\r':
      case '\n':
        return 'done'
      case '\u0003': // Ctrl-C
      case '\u0004': // Ctrl-D
        return 'given up'
      case '\u007f':
      case '\b':
        this.#letters.pop()
        return 'more'
      case '\u0015': // Ctrl-U
        this.#letters = []
        return 'more'
      default:
        if (letter >= ' ') this.#letters.push(letter)
        return 'more'
    }
  }
}
