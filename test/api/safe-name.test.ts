// Names of offered files as file names.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { safeNameOf } from '../../src/api/files/safe-name.js'
import { fromUtf8, toUtf8 } from '../../src/base/index.js'

describe('safe names', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['photo.jpg', 'photo.jpg'],
    ['größer 猫.png', 'größer 猫.png'],
    ['', 'file'],
    ['.', 'file'],
    ['..', 'file'],
    ['...', 'file'],
    ['.bashrc', 'bashrc'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['/etc/passwd', '_etc_passwd'],
    ['C:\\Windows\\x.exe', 'C__Windows_x.exe'],
    ['a\nb\tc\0d\u001b[31m', 'a_b_c_d_[31m'],
    ['gnp.\u202eexe', 'gnp._exe'],
    ['  spaces . ', 'spaces'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1', '_com1'],
    ['console', 'console'],
    ['a?b*c|d<e>f"g', 'a_b_c_d_e_f_g'],
  ]
  for (const [name, expected] of cases) {
    it(JSON.stringify(name), () => assert.equal(safeNameOf(name), expected))
  }

  it('is cut in front of the ending, at most 255 bytes, never inside a character', () => {
    const name = safeNameOf(`${'猫'.repeat(200)}.tar.gz`)
    assert.ok(toUtf8(name).length <= 255 && toUtf8(name).length > 250)
    assert.match(name, /^猫+\.gz$/)
  })

  it('whatever arrives is a name, and stays what it is', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.uint8Array({ maxLength: 255 }).map((bytes) => fromUtf8(bytes)),
      fc
        .array(fc.constantFrom('.', '/', '\\', ' ', '..', 'con', '\0', '\u202e'), { maxLength: 40 })
        .map((a) => a.join('')),
    )
    fc.assert(
      fc.property(name, (text) => {
        const safe = safeNameOf(text)
        const { length } = toUtf8(safe)
        assert.ok(length >= 1 && length <= 255)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        assert.doesNotMatch(safe, /[\u0000-\u001f/\\]|^\.|^\s*$/)
        assert.equal(safeNameOf(safe), safe)
      }),
    )
  })
})
