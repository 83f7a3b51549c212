// The table of the C library: it names what the releases export, agrees with the headers, and what is generated from it
// compiles and refuses what it should.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { capiDocument } from '../../capi/generate/document.js'
import { generate } from '../../capi/generate/main.js'
import { isGenerated } from '../../capi/generate/wrappers.js'
import { ERROR_ENUMS, enumerator, VALUE_ENUMS } from '../../capi/table/enums.js'
import { CORE_FUNCTIONS, EXPORTS, FUNCTIONS } from '../../capi/table/functions.js'
import type { SignatureRow } from '../../capi/table/schema.js'
import { refusalsProgram, SCENARIOS, type Scenario, text } from './refusals.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RELEASES = ['0.2.18', '0.2.23'].map((version) => join(ROOT, `../shared/abi/exports-${version}.txt`))
const CXX = ['-std=c++17', '-Wall', '-Wextra', '-Wmissing-declarations', '-Werror']

const GENERATED_ROWS = EXPORTS.filter(isGenerated)

describe('the table of the C library', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'capi-table-'))
    generate(folder)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  const includes = () => ['include', folder, 'capi/library'].map((path) => `-I${path}`)

  const tool = (name: string, ...options: string[]) =>
    execFileSync(name, options, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })

  const isWrappers = (name: string) => /^wrappers_\w+\.cc$/.test(name)

  /** The program with all wrappers in one translation unit: seven compilers would each read the same headers. */
  const buildRefusals = () => {
    const program = join(folder, 'refusals')
    if (existsSync(program)) return program
    const source = `${program}.cpp`
    const wrappers = readdirSync(folder).filter(isWrappers)
    assert.ok(wrappers.length > 5)
    writeFileSync(source, refusalsProgram(GENERATED_ROWS, wrappers))
    tool('g++', ...CXX, ...includes(), source, '-o', program)
    return program
  }

  const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n')

  it('has each name once', () => {
    const names = FUNCTIONS.map((row) => row.name)
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    )
  })

  it('names what the two releases export, and nothing else', function () {
    if (!RELEASES.every(existsSync)) return this.skip()
    const released = new Set(RELEASES.flatMap(lines))
    assert.deepEqual(EXPORTS.map((row) => row.name).sort(), [...released].sort())
  })

  it('lists the exports for the linker', () => {
    const listed = lines(join(folder, 'exports.map')).flatMap((line) => /^ {4}(tox\w+);$/.exec(line)?.[1] ?? [])
    assert.deepEqual(listed, EXPORTS.map((row) => row.name).sort())
  })

  for (const library of ['build/capi/libtoxcore.so.2', 'build/capi/0.2.18/libtoxcore.so.2']) {
    it(`names what ${library} exports, and nothing else`, function () {
      if (!existsSync(join(ROOT, library))) return this.skip()
      const symbols = tool('nm', '-D', '--defined-only', library).trim().split('\n')
      assert.deepEqual(symbols.map((line) => line.split(' ').at(-1)).sort(), EXPORTS.map((row) => row.name).sort())
    })
  }

  it('gives every error its enum, and every call room in the frame', () => {
    for (const row of FUNCTIONS.filter((row): row is SignatureRow => row.how === 'core' || row.how === 'absent')) {
      const members: readonly string[] = row.error === undefined ? [] : ERROR_ENUMS[row.error]
      for (const error of [row.nullError, row.internalError, row.unknownFriend, row.offlineFriend]) {
        assert.ok(error === undefined || members.includes(error), `${row.name}: ${error}`)
      }
      assert.ok(row.error === undefined || row.internalError !== undefined, `${row.name}: no error for failure`)
      assert.ok(row.parameters.length <= 18, row.name)
      assert.ok(row.parameters.filter(({ kind }) => kind === 'out').length <= 1, row.name)
    }
  })

  it('has the enums of the headers, whole and in their order', () => {
    const enums = Object.entries({ ...ERROR_ENUMS, ...VALUE_ENUMS })
    const switches = enums.map(([name, members]) => {
      const cases = members.map((member, value) => {
        const constant = enumerator(name, member)
        return `_Static_assert(${constant} == ${value}, "");`
      })
      const labels = members.map((member) => `case ${enumerator(name, member)}: return 1;`)
      // -Wswitch tells of an enumerator that has no label.
      return `${cases.join('\n')}\nint check_${name}(${name} value) {\nswitch (value) {\n${labels.join('\n')}\n}\nreturn 0;\n}`
    })
    const headers = ['tox', 'tox_private', 'toxav', 'toxencryptsave'].map((name) => `#include <tox/${name}.h>`)
    const source = join(folder, 'enums.c')
    writeFileSync(source, `${headers.join('\n')}\n${switches.join('\n')}\n`)
    tool('gcc', '-std=c11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-Iinclude', source)
  })

  it('numbers the functions of the core as the core counts them', () => {
    const header = readFileSync(join(folder, 'functions.h'), 'utf8')
    const numbered = [...header.matchAll(/^ {2}(\w+) = (\d+),$/gm)].map(([, name, number]) => [name, Number(number)])
    assert.deepEqual(
      numbered,
      CORE_FUNCTIONS.map((row, number) => [row.name, number]),
    )
  })

  it('makes C++ that agrees with the headers', () => {
    const sources = readdirSync(folder).filter((name) => name.endsWith('.cc') && !isWrappers(name))
    for (const name of sources) tool('g++', ...CXX, '-fsyntax-only', ...includes(), join(folder, name))
    buildRefusals()
  })

  it('leaves a file alone that would not change', () => {
    const times = () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])
    const before = times()
    generate(folder)
    assert.deepEqual(times(), before)
  })

  describe('refuses, and never crashes', () => {
    let answers = new Map<string, string>()

    before(() => {
      const printed = execFileSync(buildRefusals(), { encoding: 'utf8' }).trim().split('\n')
      answers = new Map(printed.map((line) => line.split(': ') as [string, string]))
    })

    for (const scenario of Object.keys(SCENARIOS) as Scenario[]) {
      it(scenario, () => {
        for (const row of GENERATED_ROWS) {
          assert.equal(answers.get(`${scenario} ${row.name}`), text(SCENARIOS[scenario](row)), row.name)
        }
      })
    }
  })
})

describe('doc/capi.md', () => {
  it('is what the table says (npm run docs writes it anew)', () => {
    assert.equal(readFileSync(join(ROOT, 'doc/capi.md'), 'utf8'), capiDocument())
  })
})
