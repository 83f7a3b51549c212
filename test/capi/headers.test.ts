// include/tox against c-toxcore's own headers (Debian's, 0.2.18): a program must not see a difference, but for the few
// that both releases of c-toxcore have between them. And: every compiler takes our headers without a word.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXPORTS } from '../../capi/table/functions.js'
import { complaints, isInstalled, linesOf, OUR_HEADERS, ROOT, scratchFolder, THEIR_HEADERS } from './compiler.js'
import { type Declarations, declarationsOf } from './declarations.js'

const THEIRS = ['tox.h', 'tox_events.h', 'tox_dispatch.h', 'toxav.h', 'toxencryptsave.h']
const OURS = readdirSync(join(OUR_HEADERS, 'tox')).sort()
const MEANING_OF_0_2_18 = '-DTOXCORE_TS_ABI_0_2_18'

/** What 0.2.23 changed, in Debian's terms and in ours. */
const CHANGED: Readonly<Record<string, readonly [string, string]>> = {
  TOX_VERSION_PATCH: ['18', '23'],
  TOX_MAX_FRIEND_REQUEST_LENGTH: ['1016', '921'],
  'struct Tox_Options': ['80', '88'],
}
/** The place at the end of 0.2.18's options that is another member's now. */
const DROPPED_MEMBERS = ['operating_system']
/** An enum there, a struct of that name here. Its enumerators are those of Tox_Event_Type. */
const RENAMED_TYPES = ['enum Tox_Event']
/** They tell whether copying worked, where they told nothing. */
const TELL_MORE = ['tox_options_set_proxy_host', 'tox_options_set_savedata_data']
/** Five functions of the events API that take other parameters; so do the callbacks of its dispatch table. */
const TAKE_OTHERS = [
  'tox_dispatch_invoke',
  'tox_events_equal',
  'tox_events_get_bytes',
  'tox_events_iterate',
  'tox_events_load',
]

describe('include/tox', () => {
  const folder = scratchFolder()

  function sourceOf(name: string, text: string): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  describe("and Debian's headers", () => {
    before(function () {
      if (!existsSync(join(THEIR_HEADERS, 'tox/tox.h')) || !isInstalled('gcc')) this.skip()
    })

    it('give every constant, enumerator, size and offset the same number', () => {
      const theirs = declarationsOf(THEIR_HEADERS, THEIRS)
      const program = programThatTells(theirs)
      const [there, here] = [THEIR_HEADERS, OUR_HEADERS].map((headers, index) =>
        linesOf(folder, `numbers-${index}`, program, ['-I', headers]),
      )
      assert.ok(there!.length > 300, `only ${there!.length} numbers found`)
      const differences = there!.flatMap((line, index) => (line === here![index] ? [] : [[line, here![index]]]))
      const expected = Object.entries(CHANGED).map(([name, [old, now]]) => [`${name} ${old}`, `${name} ${now}`])
      assert.deepEqual(differences.sort(), expected.sort())
    })

    it('give every function and type the same meaning, for who asks for that of 0.2.18', () => {
      assert.deepEqual(conflicts([MEANING_OF_0_2_18]), TELL_MORE)
    })

    it('disagree, for others, about the five functions and the callbacks of events alone', () => {
      const names = conflicts([])
      // Of 21 events, each with a type and a function that takes it.
      const callbacks = names.filter((name) => /^tox_events_(callback_\w+|\w+_cb)$/.test(name))
      assert.equal(callbacks.length, 2 * 21)
      assert.deepEqual(
        names.filter((name) => !callbacks.includes(name)),
        [...TAKE_OTHERS, ...TELL_MORE].sort(),
      )
    })

    /** Our headers first, then each of Debian's declarations once more: C allows that where both mean the same. */
    function conflicts(args: readonly string[]): string[] {
      const theirs = declarationsOf(THEIR_HEADERS, THEIRS)
      assert.ok(theirs.functions.length >= 334, `only ${theirs.functions.length} functions found`)
      const source = sourceOf('repeated.c', `${includes(OURS)}${theirs.repeatable}`)
      const said = complaints('gcc', [
        '-std=c11',
        '-fsyntax-only',
        '-fmax-errors=0',
        '-I',
        OUR_HEADERS,
        ...args,
        source,
      ])
      const errors = said.split('\n').filter((line) => line.includes(' error: '))
      return errors
        .map((line) => {
          const name = /conflicting types for ‘?'?(\w+)/.exec(line)?.[1]
          assert.ok(name !== undefined, line)
          return name
        })
        .sort()
    }
  })

  it('declares the functions that the library exports, and no others', function () {
    if (!isInstalled('gcc')) this.skip()
    const { functions } = declarationsOf(OUR_HEADERS, OURS)
    assert.deepEqual([...functions].sort(), EXPORTS.map((row) => row.name).sort())
  })

  it('declares every name that a release of c-toxcore exports', function () {
    const lists = ['0.2.18', '0.2.23'].map((release) => join(ROOT, `../shared/abi/exports-${release}.txt`))
    if (!lists.every((path) => existsSync(path)) || !isInstalled('gcc')) this.skip()
    const { functions } = declarationsOf(OUR_HEADERS, OURS)
    const exported = new Set(lists.flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean)))
    assert.deepEqual([...functions].sort(), [...exported].sort())
  })

  const C_WARNINGS = ['-Wstrict-prototypes', '-Wmissing-prototypes', '-Wold-style-definition', '-Wc++-compat']
  const WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wundef', '-Wshadow', '-Wconversion', '-Wredundant-decls']
  for (const [compiler, standard, extra] of [
    ['gcc', 'c99', C_WARNINGS],
    ['gcc', 'c11', C_WARNINGS],
    ['g++', 'c++17', ['-Wold-style-cast', '-Wextra-semi']],
    ['clang', 'c99', C_WARNINGS],
    ['clang', 'c11', C_WARNINGS],
    ['clang++', 'c++17', ['-Wold-style-cast', '-Wextra-semi']],
  ] as const) {
    it(`pleases ${compiler} as ${standard.toUpperCase()}: each header alone, and all in either order`, function () {
      if (!isInstalled(compiler)) this.skip()
      const suffix = standard.startsWith('c++') ? 'cc' : 'c'
      // A header of macros alone would leave nothing, which C forbids.
      const alone = OURS.map((header) =>
        sourceOf(`${header}.${suffix}`, `${includes([header])}extern int something;\n`),
      )
      const together = sourceOf(`together.${suffix}`, includes(OURS))
      const backwards = sourceOf(`backwards.${suffix}`, includes([...OURS].reverse()))
      const args = [`-std=${standard}`, ...WARNINGS, ...extra, '-fsyntax-only', '-I', OUR_HEADERS]
      for (const meaning of [[], [MEANING_OF_0_2_18], ['-DTOX_HIDE_DEPRECATED']]) {
        assert.equal(complaints(compiler, [...args, ...meaning, ...alone, together, backwards]), '')
      }
    })
  }
})

function includes(headers: readonly string[]): string {
  return headers.map((header) => `#include <tox/${header}>\n`).join('')
}

/** A program that prints `name number` for everything in the headers that is a number. */
function programThatTells({ constants, enumerators, types, members }: Declarations): string {
  const sizes = types.filter((type) => !RENAMED_TYPES.includes(type))
  const lines = [
    ...[...constants, ...enumerators].map((name) => print(name, name)),
    ...sizes.map((type) => print(type, `sizeof(${type})`)),
    ...members
      .filter(({ name }) => !DROPPED_MEMBERS.includes(name))
      .flatMap(({ type, name }) => [
        print(`offset of ${name}`, `offsetof(${type}, ${name})`),
        print(`size of ${name}`, `sizeof(((${type} *)0)->${name})`),
      ]),
  ]
  return `#include <stddef.h>\n#include <stdio.h>\n${includes(THEIRS)}int main(void) {\n${lines.join('')}return 0;\n}\n`
}

function print(name: string, value: string): string {
  return `printf("%s %lld\\n", "${name}", (long long)(${value}));\n`
}
