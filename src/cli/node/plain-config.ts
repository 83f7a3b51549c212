// Our own configuration: TOML, or JSON with the same names. The parsers tell where a syntax error is, but not where a value
// stands; its line is found again by its name.

import { parse, TomlError } from 'smol-toml'
import { type ConfigGroup, ConfigSyntaxError, type ConfigValue } from './config-value.js'

/** Settings of a TOML text. Throws ConfigSyntaxError. */
export function parseToml(text: string): ConfigGroup {
  try {
    return groupOf(parse(text), new Lines(text))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new ConfigSyntaxError(error.line, error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, ''))
  }
}

/** Settings of a JSON text. Throws ConfigSyntaxError. */
export function parseJson(text: string): ConfigGroup {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
    const line = text.slice(0, at).split('\n').length
    throw new ConfigSyntaxError(line, `this is not JSON: ${message.replace(/ \(line.*| in JSON at position.*/, '')}`)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConfigSyntaxError(1, 'this is JSON, but no object')
  }
  return groupOf(json, new Lines(text))
}

/** Where names and items stand in a text. */
class Lines {
  readonly #lines: readonly string[]

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  /** The line of a name from line `from` on: `name =`, `"name":`, `[name]`. */
  ofName(name: string, from: number): number {
    const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return this.#find(new RegExp(`(?:^\\s*\\[{0,2}\\s*|[{,]\\s*)["']?${quoted}["']?\\s*[\\].=:]`), from)
  }

  /** The line of a text or number in a list that begins at line `from`. */
  ofItem(item: unknown, from: number): number {
    const at = this.#lines.findIndex((line, i) => i >= from - 1 && line.includes(String(item)))
    return at < 0 ? from : at + 1
  }

  #find(pattern: RegExp, from: number): number {
    const at = this.#lines.findIndex((line, i) => i >= from - 1 && pattern.test(line))
    return at < 0 ? from : at + 1
  }
}

function groupOf(plain: object, lines: Lines, from = 1): ConfigGroup {
  const named = Object.entries(plain).map(([name, value]) => {
    const line = lines.ofName(name, from)
    return [name, configValue(value, lines, line)] as const
  })
  return new Map(named)
}

function configValue(plain: unknown, lines: Lines, line: number): ConfigValue {
  if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean')
    return { line, value: plain }
  if (Array.isArray(plain)) return { line, value: itemsOf(plain, lines, line) }
  if (typeof plain === 'object' && plain !== null && !(plain instanceof Date)) {
    return { line, value: groupOf(plain, lines, line) }
  }
  return { line, value: null }
}

function itemsOf(list: readonly unknown[], lines: Lines, from: number): ConfigValue[] {
  let line = from
  return list.map((item) => {
    if (typeof item !== 'object') line = lines.ofItem(item, line)
    return configValue(item, lines, line)
  })
}
