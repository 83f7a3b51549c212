// Writes doc/wire.md from the packet declarations in src/packet: `npm run docs`. A test compares the file with what this would write, so
// that the document cannot fall behind the code.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Schema } from '../src/codec/index.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const PACKET = join(HERE, '../src/packet')

const CHAPTERS: readonly (readonly [folder: string, title: string])[] = [
  ['.', 'Shared'],
  ['dht', 'DHT'],
  ['onion', 'Onion'],
  ['relay', 'TCP relays (inside their encrypted stream, but for the handshakes)'],
  ['forwarding', 'Forwarding'],
  ['announce', 'DHT announcements'],
  ['net-crypto', 'Net crypto'],
  ['friend', 'Friend connections and requests (inside a session, or as onion data)'],
  ['messenger', 'Messenger (inside a session)'],
  ['conference', 'Conferences (inside a session)'],
  ['savedata', 'Savedata (a file; little endian)'],
]

function isSchema(value: unknown): value is Schema<unknown> {
  return typeof value === 'object' && value !== null && 'minSize' in value && 'read' in value && 'write' in value
}

/** The whole text of doc/wire.md. */
export async function wireDocument(): Promise<string> {
  const lines = [
    '# Wire formats',
    '',
    'Generated from the declarations in `src/packet` by `npm run docs`; do not edit. Sizes are in bytes. A packet that is shorter,',
    'longer or otherwise different is dropped and counted. "Sealed" means XSalsa20-Poly1305 with a 16-byte tag in front.',
  ]
  for (const [folder, title] of CHAPTERS) lines.push('', `## ${title}`, ...(await chapter(folder)))
  return `${lines.join('\n')}\n`
}

async function chapter(folder: string): Promise<string[]> {
  const files = readdirSync(join(PACKET, folder)).filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  const lines: string[] = []
  for (const file of files.sort()) {
    const path = join(PACKET, folder, file)
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
    const schemas = Object.entries(module).filter((entry): entry is [string, Schema<unknown>] => isSchema(entry[1]))
    if (schemas.length === 0) continue
    const source = readFileSync(path, 'utf8')
    lines.push('', `### ${basename(file, '.ts')}`, '', headOf(source))
    for (const [name, schema] of schemas) lines.push('', ...section(name, schema, commentOf(source, name)))
  }
  return lines
}

/** The comment at the top of a file, as one paragraph. */
function headOf(source: string): string {
  const end = source.search(/^(?!\/\/)/m)
  return source
    .slice(0, end)
    .split('\n')
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join(' ')
    .trim()
}

/** The doc comment right above a declaration, as one paragraph; empty when there is none. */
function commentOf(source: string, name: string): string {
  const at = source.search(new RegExp(`^(export )?const ${name}\\b`, 'm'))
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(source.slice(0, Math.max(0, at)))?.[1] ?? ''
  return comment.replace(/\n \* ?/g, ' ').trim()
}

function section(name: string, schema: Schema<unknown>, comment: string): string[] {
  const title = `**${name}** (${sizeOf(schema)})${comment === '' ? '' : `: ${comment}`}`
  if (schema.fields === undefined) return [title, '', `- ${schema.doc}`]
  const rows = schema.fields.map(([field, type]) => `| ${field} | ${cell(type.doc)} | ${sizeOf(type)} |`)
  return [title, '', '| field | content | bytes |', '|---|---|---|', ...rows]
}

function sizeOf({ minSize, maxSize }: Schema<unknown>): string {
  if (minSize === maxSize) return `${minSize}`
  return maxSize === Number.POSITIVE_INFINITY ? `${minSize} or more` : `${minSize} to ${maxSize}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(HERE, 'wire.md'), await wireDocument())
