// Asks c-toxcore, in a child process without a network, what it makes of files: see test/interop/savedata-oracle.ts.

import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What c-toxcore answers to a savedata file; bytes as lower-case hex. Only `error` is there unless it is `'OK'`. */
export interface Verdict {
  error: 'OK' | 'LOAD_BAD_FORMAT' | 'LOAD_ENCRYPTED' | 'ABORTED'
  toxId: string
  secretKey: string
  name: string
  statusMessage: string
  status: number
  friends: { publicKey: string; name: string; statusMessage: string; status: number; lastSeen: string }[]
  /** The same profile as c-toxcore saves it again. */
  saved: string
}

export interface PassAnswer {
  done?: boolean
  error?: string
  data: string
}

interface Question {
  what: 'load' | 'encrypt' | 'decrypt'
  data: string
  pass?: string
}

const ORACLE = fileURLToPath(new URL('../interop/savedata-oracle.ts', import.meta.url))
const NODE_ARGS = ['--import', 'tsx', ORACLE]
/** A network namespace of its own; as a user without rights, in a user namespace of its own too. */
const UNSHARE = process.getuid?.() === 0 ? ['-n'] : ['-r', '-n']

/** Why c-toxcore cannot be asked here, or undefined when it can. */
export function judgeObstacle(): string | undefined {
  if (spawnSync('unshare', [...UNSHARE, 'true']).status !== 0) return 'no network namespaces here'
  const child = spawnSync('unshare', [...UNSHARE, process.execPath, ...NODE_ARGS], { input: '' })
  return child.status === 0 ? undefined : 'missing package: apt-get install -y libtoxcore2'
}

/** Answers in the order of the files. A file that kills the library is answered with `'ABORTED'`. */
export async function judge(files: readonly Uint8Array[]): Promise<Verdict[]> {
  const questions = files.map((file) => ({ what: 'load' as const, data: Buffer.from(file).toString('hex') }))
  return (await askAll(questions)).map((answer) => (answer ?? { error: 'ABORTED' }) as Verdict)
}

/** `tox_pass_encrypt` or `tox_pass_decrypt`. */
export async function pass(what: 'encrypt' | 'decrypt', data: Uint8Array, phrase: Uint8Array): Promise<PassAnswer> {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const [answer] = await askAll([{ what, data: hex(data), pass: hex(phrase) }])
  if (answer === undefined) throw new Error(`c-toxcore died of ${what}`)
  return answer as unknown as PassAnswer
}

async function askAll(questions: readonly Question[]): Promise<(object | undefined)[]> {
  const answers: (object | undefined)[] = []
  while (answers.length < questions.length) {
    await askSome(questions.slice(answers.length), answers)
    // The process ended early: the question that it did not answer is the one that it died of.
    if (answers.length < questions.length) answers.push(undefined)
  }
  return answers
}

async function askSome(questions: readonly Question[], answers: object[] | (object | undefined)[]): Promise<void> {
  const child = spawn('unshare', [...UNSHARE, process.execPath, ...NODE_ARGS], { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => {})
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
  createInterface({ input: child.stdout }).on('line', (line) => answers.push(JSON.parse(line) as object))
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''))
  await closed
}
