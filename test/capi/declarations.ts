// What headers declare, read from what the preprocessor leaves of them: enough of C for headers that are prototypes, types
// and numbers.

import { preprocessed } from './compiler.js'

export interface Declarations {
  /** Macros without parameters that have a value. */
  readonly constants: readonly string[]
  readonly enumerators: readonly string[]
  /** Types whose size is known. */
  readonly types: readonly string[]
  /** `Tox_Options.udp_enabled`: members of structs, with the type they belong to. */
  readonly members: readonly { readonly type: string; readonly name: string }[]
  /** Names of functions. */
  readonly functions: readonly string[]
  /** Prototypes and types that may stand a second time where they mean the same: all that has no braces. */
  readonly repeatable: string
}

/** Reads the headers of the folder `tox/` below `folder`. */
export function declarationsOf(folder: string, headers: readonly string[], args: readonly string[] = []): Declarations {
  const source = headers.map((header) => `#include "tox/${header}"\n`).join('')
  const marked = preprocessed(source, ['-I', folder, ...args])
  const statements = split(partsOf(marked, `${folder}/tox/`))
  const macros = preprocessed(source, ['-dM', '-I', folder, ...args])
  const plain = statements.filter((text) => !text.includes('{'))
  return {
    constants: [...macros.matchAll(/^#define (TOX\w*) (?=\S)/gm)].map((match) => match[1]!).sort(),
    ...definitions(statements),
    functions: plain.flatMap((text) => (text.startsWith('typedef') ? [] : (/(\w+)\(/.exec(text)?.[1] ?? []))),
    repeatable: plain.map((text) => `${text};\n`).join(''),
  }
}

function definitions(statements: readonly string[]): Pick<Declarations, 'enumerators' | 'types' | 'members'> {
  const enumerators: string[] = []
  const types: string[] = []
  const members: { type: string; name: string }[] = []
  for (const text of statements) {
    const [, kind, tag, body] = /^(?:typedef )?(enum|struct) (\w+) \{(.*)\}/.exec(text) ?? []
    if (body === undefined) {
      // Another name of a number or an enum. Sizes of functions and of what is hidden are nobody's business.
      const alias = /^typedef (?!struct|void)[\w ]+ (\w+)$/.exec(text)?.[1]
      if (alias !== undefined && alias !== 'Toxav') types.push(alias)
      continue
    }
    types.push(`${kind} ${tag}`)
    const parts = body.split(kind === 'enum' ? ',' : ';').map((part) => part.trim())
    for (const part of parts.filter((one) => one !== '')) {
      if (kind === 'enum') enumerators.push(/^\w+/.exec(part)![0])
      else members.push({ type: `${kind} ${tag}`, name: /(\w+)$/.exec(part)![1]! })
    }
  }
  return { enumerators, types, members }
}

/** Of a preprocessed text, what came from files whose path begins so. */
function partsOf(marked: string, prefix: string): string {
  let ours = false
  const lines: string[] = []
  for (const line of marked.split('\n')) {
    const file = /^# \d+ "(.*?)"/.exec(line)?.[1]
    if (file !== undefined) ours = file.startsWith(prefix)
    else if (ours) lines.push(line)
  }
  return lines.join(' ')
}

/** Statements at the outermost level, in one line each and without `extern "C"`. */
function split(text: string): string[] {
  const statements: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}') depth--
    else if (text[at] === ';' && depth === 0) {
      statements.push(text.slice(start, at).replace(/\s+/g, ' ').trim())
      start = at + 1
    }
  }
  return statements
}
