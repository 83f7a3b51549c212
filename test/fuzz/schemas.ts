// Every schema that src/packet exports, found by reading the folder: a new packet is fuzzed from the day it lands.

import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Schema } from '../../src/codec/index.js'

const PACKET = join(dirname(fileURLToPath(import.meta.url)), '../../src/packet')

export interface NamedSchema {
  /** `dht/ping.ts PingRequest` */
  name: string
  schema: Schema<unknown>
}

const isSchema = (value: unknown): value is Schema<unknown> =>
  typeof value === 'object' && value !== null && 'minSize' in value && 'read' in value && 'write' in value

export async function allSchemas(): Promise<NamedSchema[]> {
  const found = new Map<Schema<unknown>, string>()
  for (const path of readdirSync(PACKET, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.ts')) continue
    const module = (await import(pathToFileURL(join(PACKET, path)).href)) as Record<string, unknown>
    for (const [name, value] of Object.entries(module)) {
      // An index re-exports what another file declares: the first name stays.
      if (isSchema(value) && !found.has(value)) found.set(value, `${path} ${name}`)
    }
  }
  return [...found].map(([schema, name]) => ({ name, schema }))
}
