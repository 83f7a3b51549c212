// What a node tells, and how much of it.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../../../src/cli/command.js'
import { NodeLog } from '../../../src/cli/node/log.js'

describe('log of a node', () => {
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const path = join(dir, 'log')
  const written = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)
  after(() => rmSync(dir, { recursive: true }))
  afterEach(() => rmSync(path, { force: true }))

  it('has a time, a level and a module, on one line that moves no cursor', () => {
    const log = new NodeLog({ target: path })
    log.log('info', 'node', 'hello \u001b[2J\u0007there')
    log.log('error', 'config', 'first\nsecond')
    log.close()
    const lines = written()
    assert.match(lines[0]!, /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}node: hello \ufffd\[2J\ufffdthere$/)
    assert.match(lines[1]!, / error config: first$/)
    assert.match(lines[2]!, / error {5}second$/)
    assert.equal(statSync(path).mode & 0o007, 0)
  })

  it('leaves out what is below its level', () => {
    const log = new NodeLog({ target: path, level: 'warn' })
    log.log('info', 'node', 'small')
    log.log('warn', 'node', 'large')
    log.level = 'trace'
    log.log('trace', 'node', 'tiny')
    log.close()
    assert.deepEqual(
      written().map((line) => line.split(': ')[1]),
      ['large', 'tiny'],
    )
  })

  it('cuts a module short that repeats itself, and no other', () => {
    const log = new NodeLog({ target: path })
    for (let i = 0; i < 10_000; i++) log.log('warn', 'loud', String(i))
    log.log('warn', 'calm', 'heard')
    log.close()
    const lines = written()
    assert.ok(lines.length >= 51 && lines.length < 100, String(lines.length))
    assert.match(lines.at(-1)!, /calm: heard$/)
  })

  it('goes on in a new file when the old one was moved away', () => {
    const log = new NodeLog({ target: path })
    log.log('info', 'a', 'before')
    renameSync(path, `${path}.1`)
    log.reopen()
    log.log('info', 'a', 'after')
    log.close()
    assert.match(readFileSync(`${path}.1`, 'utf8'), /before\n$/)
    assert.match(written().join(), /after$/)
  })

  it('tells when it cannot write', () => {
    const target = join(dir, 'no', 'log')
    assert.throws(
      () => new NodeLog({ target }),
      (error) => error instanceof CliError && /cannot write the log/.test(error.message),
    )
    assert.ok(!existsSync(target))
  })
})
