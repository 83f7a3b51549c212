// What the library can tell of its own headers: the names of enumerators and the constants.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_ENUMS, enumerator, VALUE_ENUMS } from '../../capi/table/enums.js'
import { EVENTS } from '../../capi/table/events.js'
import { CONSTANTS, ENCRYPTSAVE, STRINGS } from '../../capi/table/system.js'
import { OUR_HEADERS, scratchFolder } from './compiler.js'
import { declarationsOf } from './declarations.js'
import { compile, obstacle, ourLibrary, run } from './plain-library.js'

const HEADERS = ['tox.h', 'tox_events.h', 'tox_private.h', 'toxencryptsave.h']
const FROM = -2
const TO = 300

describe('the words of the C library', () => {
  const folder = scratchFolder()
  let library = ''

  before(function () {
    if (obstacle() !== undefined) this.skip()
    library = ourLibrary(folder)
  })

  function answersOf(name: string, statements: readonly string[]): string[] {
    const includes = HEADERS.map((header) => `#include <tox/${header}>\n`).join('')
    const source = join(folder, `${name}.c`)
    writeFileSync(source, `#include <stdio.h>\n${includes}int main(void) {\n${statements.join('\n')}\nreturn 0;\n}\n`)
    const program = join(folder, name)
    compile(program, ['-I', OUR_HEADERS, source, library])
    return run(program, library)
  }

  /** What `<type>_to_string` says for each value from FROM to TO. */
  function namesOf(type: string): string[] {
    return answersOf(type, [tellAll(type)])
  }

  function tellAll(type: string): string {
    const call = `puts(${type.toLowerCase()}_to_string((${type})value));`
    return `for (int value = ${FROM}; value <= ${TO}; value++) ${call}`
  }

  function expected(type: string, names: ReadonlyMap<number, string>): string[] {
    return Array.from({ length: TO - FROM + 1 }, (_, index) => {
      return names.get(FROM + index) ?? `<invalid ${type}>`
    })
  }

  it('name the enumerators of every enum that can be named', () => {
    const listed: Readonly<Record<string, readonly string[]>> = { ...ERROR_ENUMS, ...VALUE_ENUMS }
    const nameable = new Set(STRINGS.map((row) => row.name))
    const types = Object.keys(listed).filter((type) => nameable.has(`${type.toLowerCase()}_to_string`))
    assert.equal(types.length + ['Tox_Event_Type', 'Tox_Netprof_Packet_Id'].length, nameable.size)
    assert.deepEqual(
      answersOf('enums', types.map(tellAll)),
      types.flatMap((type) =>
        expected(type, new Map(listed[type]!.map((name, value) => [value, enumerator(type, name)]))),
      ),
    )
  })

  it('name the types of events', () => {
    const types = new Map(EVENTS.map(({ name }, type) => [type, enumerator('Tox_Event', name.toUpperCase())]))
    types.set(255, 'TOX_EVENT_INVALID')
    assert.deepEqual(namesOf('Tox_Event_Type'), expected('Tox_Event_Type', types))
  })

  it('name the ids of packets', () => {
    const { enumerators } = declarationsOf(OUR_HEADERS, HEADERS)
    const ids = enumerators.filter((name) => name.startsWith('TOX_NETPROF_PACKET_ID_'))
    assert.ok(ids.length > 40, `only ${ids.length} ids`)
    const said = answersOf(
      'ids',
      ids.map((name) => `puts(tox_netprof_packet_id_to_string(${name}));`),
    )
    assert.deepEqual(said, ids)
    const known = namesOf('Tox_Netprof_Packet_Id').filter((name) => name !== '<invalid Tox_Netprof_Packet_Id>')
    assert.deepEqual(known.sort(), [...ids].sort())
  })

  it('tell the constants of the headers', () => {
    const functions = [...CONSTANTS, ...ENCRYPTSAVE]
      .map((row) => row.name)
      .filter((name) => /(length|size)$/.test(name))
    assert.ok(functions.length >= 31, `only ${functions.length} constants`)
    const said = answersOf('constants', [
      ...functions.map((name) => `printf("${name} %d\\n", ${name}() == ${name.toUpperCase()});`),
      'printf("%u.%u.%u\\n", tox_version_major(), tox_version_minor(), tox_version_patch());',
    ])
    assert.deepEqual(said, [...functions.map((name) => `${name} 1`), '0.2.23'])
  })
})
