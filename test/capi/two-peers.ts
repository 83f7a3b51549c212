// Tells a story of two processes, each with either library: introduces them to each other or to a network that stays,
// takes them from step to step together, and returns what each of them printed.

import { createInterface } from 'node:readline'
import { checkLibrary, compile, start, type Whose } from './library.js'

/** Meeting takes fresh c-toxcore peers 10 s, a friend request 30 s. */
const DEADLINE_MS = 200_000

export interface Told {
  readonly first: string[]
  readonly second: string[]
}

/** The first process of a pair binds this port or one of the 99 above it, the second one 100 above. */
const FIRST_PORT = 36_000
const PORTS_PER_PEER = 100
let portsGiven = 0

class Side {
  readonly lines: string[] = []
  readonly ended: Promise<void>
  readonly #child
  #errors = ''
  #waiting: ((line: string) => void) | undefined
  #requests: string[] = []

  constructor(
    program: string,
    readonly whose: Whose,
    role: 1 | 2 | 'backbone',
    ...more: readonly string[]
  ) {
    const port = FIRST_PORT + PORTS_PER_PEER * portsGiven++
    this.#child = start(program, whose, [String(role), String(port), ...more])
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line))
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    // A write to a process that has just ended is told by its end.
    this.#child.stdin.on('error', () => {})
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        this.#hear('= end')
        if (code === 0) resolve()
        else reject(new Error(`${role}, ${whose}: ${signal ?? `exit code ${code}`} after\n${this.#last()}`))
      })
    })
    this.ended.catch(() => {})
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  checkLibrary(): void {
    checkLibrary(this.#errors, this.whose)
  }

  /** The next line that is for the harness. */
  request(): Promise<string> {
    const first = this.#requests.shift()
    if (first !== undefined) return Promise.resolve(first)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  #hear(line: string): void {
    if (!line.startsWith('= ')) {
      this.lines.push(line)
    } else if (this.#waiting !== undefined) {
      this.#waiting(line)
      this.#waiting = undefined
    } else {
      this.#requests.push(line)
    }
  }

  #last(): string {
    return [...this.lines.slice(-8), this.#errors.slice(-1000)].join('\n')
  }
}

/** A small network that stays. Its first node may be a TCP relay as well. */
export interface Backbone {
  readonly whose: Whose
  readonly tcpPort?: number
}

/**
 * Runs the story to its end. Fails when a process ends badly or late, or when the two are at different steps. With a
 * backbone they are introduced to it, otherwise to each other alone.
 */
export async function tell(story: string, firstWhose: Whose, secondWhose: Whose, network?: Backbone): Promise<Told> {
  const program = await compile(story)
  const backbone = network && (await startBackbone(network))
  const first = new Side(program, firstWhose, 1)
  const second = new Side(program, secondWhose, 2)
  const limit = setTimeout(() => {
    first.kill()
    second.kill()
  }, DEADLINE_MS)
  try {
    const node = await backbone?.request()
    await Promise.race([
      conduct(first, second, node && split(node)[1]),
      first.ended.then(() => never),
      second.ended.then(() => never),
    ])
    await Promise.all([first.ended, second.ended])
    first.checkLibrary()
    second.checkLibrary()
    return { first: inOrder(first.lines), second: inOrder(second.lines) }
  } finally {
    clearTimeout(limit)
    first.kill()
    second.kill()
    backbone?.kill()
  }
}

const never = new Promise<never>(() => {})

/** Lets `meet` happen in the network; `node` is its first node: UDP port, key, and TCP port where it is a relay. */
export async function withBackbone(network: Backbone, meet: (node: string[]) => Promise<void>): Promise<void> {
  const backbone = await startBackbone(network)
  try {
    await meet(split(await backbone.request())[1].split(' '))
  } finally {
    backbone.kill()
  }
}

async function startBackbone({ whose, tcpPort }: Backbone): Promise<Side> {
  return new Side(await compile('backbone'), whose, 'backbone', ...(tcpPort === undefined ? [] : [String(tcpPort)]))
}

async function conduct(first: Side, second: Side, node: string | undefined): Promise<void> {
  for (;;) {
    const [a, b] = await Promise.all([first.request(), second.request()])
    const [kind, rest] = split(a)
    const [otherKind, otherRest] = split(b)
    if (kind !== otherKind || (kind !== 'node' && rest !== otherRest)) {
      throw new Error(`the first is at ${a}, the second at ${b}`)
    }
    if (kind === 'end') return
    first.write(kind === 'node' ? (node ?? otherRest) : 'go')
    second.write(kind === 'node' ? (node ?? rest) : 'go')
  }
}

/** `= kind rest`. */
function split(line: string): [string, string] {
  const [, kind = '', rest = ''] = /^= (\S+) ?(.*)$/.exec(line) ?? []
  return [kind, rest]
}

/** Sorts the lines below a title that says that their order is left to chance. */
function inOrder(lines: readonly string[]): string[] {
  const chapters: string[][] = [[]]
  for (const line of lines) {
    if (line.startsWith('-- ')) chapters.push([])
    chapters.at(-1)!.push(line)
  }
  return chapters.flatMap((chapter) => {
    const [title, ...rest] = chapter
    return title?.endsWith('(in any order)') ? [title, ...rest.sort()] : chapter
  })
}
