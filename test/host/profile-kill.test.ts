// Programs that are killed while they save. Nothing that was reported saved may be lost, the lock of the dead is taken over,
// and two programs never hold one profile. 40 kills; 500 with TOXCORE_TS_LONG=1.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { ProfileFile } from '../../src/host/profile-file.js'
import { stateNumber, stateOf } from './profile-state.js'

const KILLS = process.env['TOXCORE_TS_LONG'] === '1' ? 500 : 40
const HERE = dirname(fileURLToPath(import.meta.url))

/** Compiled once: a child that starts plain JavaScript is up in 40 ms, one that compiles itself in 400. */
function compileChild(folder: string): string {
  const host = join(HERE, '../../src/host')
  const sources = [
    join(HERE, 'profile-child.ts'),
    join(HERE, 'profile-state.ts'),
    join(host, 'profile-file.ts'),
    join(host, 'profile-lock.ts'),
    join(host, 'profile-error.ts'),
    join(host, 'folder.ts'),
  ]
  const options = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 }
  for (const source of sources) {
    const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), { compilerOptions: options })
    const name = source.slice(source.lastIndexOf('/') + 1).replace(/\.ts$/, '.mjs')
    // One flat folder.
    writeFileSync(join(folder, name), outputText.replace(/from '[./a-z]*\/([a-z-]+)\.js'/g, "from './$1.mjs'"))
  }
  return join(folder, 'profile-child.mjs')
}

interface Child {
  process: ChildProcess
  /** The last state that it reported as saved, and what else it said. */
  saved: number
  lines: string[]
  said: (start: string) => Promise<string>
  gone: Promise<void>
}

function start(script: string, path: string): Child {
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const waiting: { start: string; resolve: (line: string) => void }[] = []
  const self: Child = {
    process: child,
    saved: -1,
    lines: [],
    said: (start) =>
      new Promise((resolve) => {
        const line = self.lines.find((line) => line.startsWith(start))
        if (line === undefined) waiting.push({ start, resolve })
        else resolve(line)
      }),
    gone: new Promise((resolve) => child.once('close', () => resolve())),
  }
  let rest = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (line.startsWith('saved ')) self.saved = Number(line.slice(6))
      if (!line.startsWith('saved ') || self.lines.length < 10) self.lines.push(line)
      for (const one of waiting.splice(0)) line.startsWith(one.start) ? one.resolve(line) : waiting.push(one)
    }
  })
  return self
}

describe('a profile whose program is killed', () => {
  let dir: string
  let script: string
  before(() => {
    // A kill is no power loss: memory serves as well as a disk, and spares it thousands of syncs.
    dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'toxcore-ts-kill-'))
    script = compileChild(dir)
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it(`loses nothing that was reported saved, at ${KILLS} moments`, async function () {
    this.timeout(KILLS * 10_000)
    const path = join(dir, 'me.tox')
    let last = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start(script, path)
      const opened = Number((await child.said('open ')).slice(5))
      assert.ok(opened >= last, `loaded ${opened} after ${last} had been reported saved`)
      // Half of them around the first save, half some way into the work.
      if (kill % 2 === 1) await child.said('saved ')
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      child.process.kill('SIGKILL')
      await child.gone
      last = Math.max(last, child.saved, opened)
      const number = existsSync(path) ? stateNumber(readFileSync(path)) : undefined
      if (opened > 0 || child.saved > 0) assert.ok(number !== undefined, 'the file itself is whole at every moment')
      if (number !== undefined) assert.ok(number >= last, `${number} on disk, ${last} reported`)
    }
    assert.ok(last >= KILLS / 2, `only ${last} saves in all`)
    await ProfileFile.open(path).close()
    const left = readdirSync(dir).filter(
      (name) => name.startsWith('me.tox') && !/^me\.tox(\.bak|\.tmp|\.bak\.tmp)?$/.test(name),
    )
    assert.deepEqual(left, [], 'no locks left over')
  })

  it('is held by one program at a time', async () => {
    const path = join(dir, 'two.tox')
    const first = start(script, path)
    await first.said('saved ')
    const second = start(script, path)
    assert.match(await second.said('error '), new RegExp(`error locked .*in use by process ${first.process.pid} on `))
    await second.gone
    first.process.kill('SIGKILL')
    await first.gone
    const third = start(script, path)
    assert.ok(Number((await third.said('open ')).slice(5)) >= first.saved)
    third.process.kill('SIGKILL')
    await third.gone
  })

  it('is taken over by one of many programs that start at once', async () => {
    const path = join(dir, 'race.tox')
    for (let round = 0; round < 2; round++) {
      const dead = start(script, path)
      await dead.said('saved ')
      dead.process.kill('SIGKILL')
      await dead.gone
      const racers = Array.from({ length: 4 }, () => start(script, path))
      const results = await Promise.all(
        racers.map((racer) => Promise.race([racer.said('open '), racer.said('error ')])),
      )
      const winners = results.filter((line) => line.startsWith('open '))
      assert.equal(winners.length, 1, results.join('\n'))
      for (const line of results) if (line.startsWith('error')) assert.match(line, /^error locked /)
      for (const racer of racers) racer.process.kill('SIGKILL')
      await Promise.all(racers.map(({ gone }) => gone))
    }
  })

  it('takes over within one process, whatever the order of steps', async () => {
    const path = join(dir, 'own.tox')
    const dead = start(script, path)
    await dead.said('saved ')
    dead.process.kill('SIGKILL')
    await dead.gone
    // A claimer that was killed too left its claim on the dead lock.
    const lock = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as { id: string }
    writeFileSync(`${path}.lock.${lock.id}`, JSON.stringify({ ...lock, id: 'aaaaaaaaaaaaaaaa' }))
    const profile = ProfileFile.open(path)
    await profile.save(stateOf(1))
    await profile.close()
    assert.ok(!readdirSync(dir).some((name) => name.startsWith('own.tox.lock')))
  })
})
