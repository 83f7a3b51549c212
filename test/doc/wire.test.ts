import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { wireDocument } from '../../doc/generate-wire.js'

describe('doc/wire.md', () => {
  it('is what the packet declarations say (npm run docs writes it anew)', async () => {
    const written = readFileSync(new URL('../../doc/wire.md', import.meta.url), 'utf8')
    assert.equal(written, await wireDocument())
  })
})
