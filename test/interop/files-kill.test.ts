// kill -9 of a program that receives or sends files, at moments all over their way: whatever the moment, the file ends whole
// under its name, and until then nothing stands there. 16 kills; 300 with TOXCORE_TS_LONG=1.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Friend, Tox } from '../../src/index.js'
import { FilesProgram, nodeOf } from './files-program.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS, ourPeer } from './pair.js'
import { until } from './stopwatch.js'

const KILLS = process.env['TOXCORE_TS_LONG'] === '1' ? 150 : 8
const SIZE = 24_000_000
/** About as long as such a file takes, and a little longer, so that ends are met as well as beginnings. */
const SPAN_MS = 1_600

/** Moments that lie all over the span, in an order that mixes early and late. */
const momentOf = (kill: number): number => (((kill * 7) % KILLS) / KILLS) * SPAN_MS

describe('interop: files of programs that are killed', function () {
  this.timeout((KILLS + 10) * DEADLINE_MS)
  onlyLoopback(this)

  let folder: string
  let tox: Tox
  let friend: Friend
  let program: FilesProgram
  let sums: Map<string, string>

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'files-kill-'))
    tox = await ourPeer([])
    sums = new Map()
  })
  afterEach(async () => {
    await program.kill()
    await tox.close()
    rmSync(folder, { recursive: true })
    rmSync(program.folder, { recursive: true })
  })

  /** A new file to be sent; its path. */
  function write(n: number): string {
    const bytes = randomBytes(SIZE)
    const path = join(folder, `source ${n}`)
    writeFileSync(path, bytes)
    sums.set(`source ${n}`, createHash('sha256').update(bytes).digest('hex'))
    return path
  }

  const received = (): string => join(folder, 'received')

  /** Whatever has a final name is whole. */
  function assertNothingPartial(): void {
    for (const name of readdirSync(received())) {
      if (name.endsWith('.part')) continue
      const hash = createHash('sha256')
        .update(readFileSync(join(received(), name)))
        .digest('hex')
      assert.equal(hash, sums.get(name), `${name} is whole`)
    }
  }

  async function startProgram(): Promise<void> {
    const key = await program.start(nodeOf(tox), tox.publicKey)
    friend = tox.friend(key) ?? tox.addFriendWithoutRequest(key)
  }

  const hasCome = (n: number): boolean => existsSync(join(received(), `source ${n}`))
  const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  /** Until there is something to interrupt; false when the file is done instead. */
  async function moves(from: number, finished: Promise<void>): Promise<boolean> {
    const line = program.until(/^moves|^done/, from).then(() => true)
    line.catch(() => {})
    return await Promise.race([line, finished.then(() => false)])
  }

  it(`the receiver, ${KILLS} times`, async () => {
    mkdirSync(received())
    program = new FilesProgram(['receive', received()])
    await startProgram()
    let n = 0
    let sending = friend.sendFile(write(n))
    for (let kill = 0, from = 0; kill < KILLS; kill++) {
      if (!(await moves(from, sending.finished))) {
        from = program.lines.length
        sending = friend.sendFile(write(++n))
        await program.until(/^moves|^done/, from)
      }
      await pass(momentOf(kill))
      await program.kill()
      assertNothingPartial()
      from = program.lines.length
      await startProgram()
    }
    await sending.finished
    await until(() => hasCome(n), DEADLINE_MS, 'the last file has its name')
    assertNothingPartial()
    assert.equal(readdirSync(received()).length, n + 1, 'and no part is left')
    assert.deepEqual(
      program.lines.filter((line) => /^(failed|refused|error)/.test(line)),
      [],
    )
  })

  it(`the sender, ${KILLS} times`, async () => {
    mkdirSync(received())
    const refusals: unknown[] = []
    tox.on('file', ({ transfer }) => {
      transfer.accept(join(received(), transfer.safeName)).catch((error) => refusals.push(error))
    })
    let n = 0
    program = new FilesProgram(['send', write(n)])
    await startProgram()
    for (let kill = 0; kill < KILLS; kill++) {
      const from = program.lines.length
      await until(() => friend.transfers.length > 0 || hasCome(n), DEADLINE_MS, 'it offers the file')
      await pass(momentOf(kill))
      await program.kill()
      assertNothingPartial()
      // Whether the killed one knew that it was done or not: a file that has come comes no second time.
      if (hasCome(n)) program.role = ['send', write(++n)]
      await startProgram()
      if (kill === KILLS - 1) await program.until(/^done/, from)
    }
    await until(() => hasCome(n), DEADLINE_MS, 'the last file has its name')
    assertNothingPartial()
    assert.deepEqual([readdirSync(received()).length, refusals], [n + 1, []])
  })
})
