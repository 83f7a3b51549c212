// Programs that are killed while they write to a store. Whatever a call has accepted is there afterwards, in order and once;
// what a call did in several tables is there as a whole. 60 kills; 500 with TOXCORE_TS_LONG=1.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { openSqliteStore, type ToxStore } from '../../src/store/index.js'
import { needSqlite, temporaryFolder } from './support.js'

const KILLS = process.env['TOXCORE_TS_LONG'] === '1' ? 500 : 60
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const friend = new Uint8Array(32).fill(7) as LongTermPublicKey

/** Compiled once, into `folder`: a child that starts plain JavaScript is up in 50 ms, one that compiles itself in 400. */
function compileChild(folder: string): string {
  const sources = ['src/base', 'src/store'].flatMap((path) =>
    readdirSync(join(ROOT, path)).map((name) => join(path, name)),
  )
  for (const path of [...sources, 'src/tox/errors.ts', 'src/addon/here.cts', 'test/store/writing-child.ts']) {
    const isCommonJs = path.endsWith('.cts')
    const module = isCommonJs ? ts.ModuleKind.CommonJS : ts.ModuleKind.ES2022
    const options = { module, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: !isCommonJs }
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, path), 'utf8'), { compilerOptions: options })
    const target = join(folder, path.replace(/ts$/, 'js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText)
  }
  return join(folder, 'test/store/writing-child.js')
}

/** What a child said it had done, as the last number of each word. */
class Said {
  readonly last = new Map<string, number>()
  #rest = ''
  #onOpen: (() => void) | undefined

  constructor(readonly process: ChildProcess) {
    process.stdout!.setEncoding('utf8').on('data', (part: string) => {
      const lines = (this.#rest + part).split('\n')
      this.#rest = lines.pop()!
      for (const line of lines) {
        const [word, number] = line.split(' ')
        this.last.set(word!, Number(number))
        this.#onOpen?.()
      }
    })
  }

  get open(): Promise<void> {
    return new Promise((resolve) => {
      this.#onOpen = resolve
    })
  }

  of(word: string): number {
    return this.last.get(word) ?? 0
  }
}

describe('a store whose program is killed', () => {
  let script: string
  let compiled: string
  const folder = temporaryFolder()

  before(function () {
    needSqlite(this)
    // Inside the project: the child looks for its packages from there.
    mkdirSync(join(ROOT, 'build'), { recursive: true })
    compiled = mkdtempSync(join(ROOT, 'build/store-child-'))
    script = compileChild(compiled)
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
    if (compiled !== undefined) rmSync(compiled, { recursive: true, force: true })
  })

  /** Lets a child write for a while; what it said at its end. */
  async function kill(path: string, passphrase: string, before: Map<string, number>, afterMs: number): Promise<Said> {
    const counts = ['sent', 'taken'].map((word) => String(before.get(word) ?? 0))
    const child = spawn(process.execPath, [script, path, passphrase, ...counts], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = new Said(child)
    const gone = new Promise<number | null>((resolve) => child.once('close', resolve))
    await Promise.race([said.open, gone])
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    child.kill('SIGKILL')
    assert.equal(await gone, null, 'the child ended by itself')
    return said
  }

  /** One call more than was said may have been done. */
  function judge(store: ToxStore, said: Said, before: Map<string, number>): void {
    const outgoing: string[] = []
    const incoming: string[] = []
    let received = 0
    for (let cursor: string | undefined; ; ) {
      const page = store.history.page({ order: 'oldest', limit: 10_000, ...(cursor === undefined ? {} : { cursor }) })
      for (const { direction, text, state } of page.messages) {
        if (direction === 'outgoing' && state === 'received') received++
        ;(direction === 'outgoing' ? outgoing : incoming).push(text)
      }
      cursor = page.next
      if (cursor === undefined) break
    }
    const done = (word: string, count: number): void => {
      const least = Math.max(said.of(word), before.get(word) ?? 0)
      assert.ok(count === least || count === least + 1, `${word}: ${count} after ${least} had been accepted`)
      before.set(word, count)
    }
    done('sent', outgoing.length)
    done('taken', incoming.length)
    done('removed', received)
    assert.deepEqual(
      outgoing,
      outgoing.map((_, i) => `sent ${i + 1}`),
    )
    assert.deepEqual(
      incoming,
      incoming.map((_, i) => `taken ${i + 1}`),
    )
    // The outbox is what has no receipt, no more and no less.
    const waiting = store.outbox.load(friend).map(({ messageId }) => messageId)
    assert.deepEqual(
      waiting,
      outgoing.slice(received).map((_, i) => received + i + 1),
    )
    assert.equal(store.received.load(friend).length, incoming.length)
  }

  for (const [name, passphrase, kills] of [
    ['plain', '', KILLS],
    ['encrypted', 'a passphrase', KILLS / 10],
  ] as const) {
    it(`loses nothing that was accepted, at ${kills} moments: ${name}`, async function () {
      this.timeout(kills * 10_000)
      const path = join(folder, `${name}.db`)
      const options = passphrase === '' ? {} : { passphrase }
      const before = new Map<string, number>()
      for (let n = 0; n < kills; n++) {
        const said = await kill(path, passphrase, before, Math.random() * 15)
        const store = openSqliteStore(path, options)
        try {
          judge(store, said, before)
        } finally {
          store.close()
        }
      }
      const last = openSqliteStore(path, options)
      assert.deepEqual(last.check(), [])
      assert.ok(before.get('sent')! > kills && before.get('removed')! > 0, 'too little was written to show anything')
      last.close()
    })
  }
})
