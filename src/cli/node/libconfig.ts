// The syntax of libconfig, in which tox-bootstrapd is configured: settings `name = value;` with texts, numbers, true and false,
// arrays [ ], lists ( ) and groups { }. Everything but `@include` is read.

import { type ConfigGroup, ConfigSyntaxError, type ConfigValue } from './config-value.js'

/** Deeper than any configuration; a file of nothing but brackets must not overflow the stack. */
const DEPTH_MAX = 16

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  a: '\x07',
  b: '\b',
  v: '\v',
  '\\': '\\',
  '"': '"',
}

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end'
  /** A text without its quotes and escapes. */
  readonly text: string
  readonly line: number
}

/** The settings of a file. Throws ConfigSyntaxError. */
export function parseLibconfig(text: string): ConfigGroup {
  return new Parser([...tokensOf(text)]).file()
}

const BLANK = /(?:[ \t\r\n\f\uFEFF]|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
const TEXT = /"((?:[^"\\]|\\[\s\S])*)"/y
const NUMBER = /[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d*\.?\d+(?:[eE][-+]?\d+)?\.?)L{0,2}/y
const NAME = /[A-Za-z*][-A-Za-z0-9_*]*/y
const SIGN = /[=:;,[\](){}]/y

function* tokensOf(text: string): Generator<Token> {
  let at = 0
  let line = 1
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text) ?? undefined
    at += found?.[0].length ?? 0
    return found
  }
  const lines = (passed: string): number => passed.split('\n').length - 1
  for (;;) {
    line += lines(match(BLANK)?.[0] ?? '')
    if (at >= text.length) break
    const quoted = match(TEXT)
    if (quoted !== undefined) {
      yield { kind: 'text', text: unescaped(quoted[1]!, line), line }
      line += lines(quoted[0])
      continue
    }
    const [number, name] = [match(NUMBER), match(NAME)]
    if (number !== undefined) {
      if (name !== undefined) throw new ConfigSyntaxError(line, `'${number[0]}${name[0]}' is no value`)
      yield { kind: 'number', text: number[0], line }
    } else if (name !== undefined) yield { kind: 'name', text: name[0], line }
    else yield { kind: 'sign', text: signAt(match(SIGN), text, at, line), line }
  }
  yield { kind: 'end', text: 'the end of the file', line }
}

function signAt(found: RegExpExecArray | undefined, text: string, at: number, line: number): string {
  if (found !== undefined) return found[0]
  if (text.startsWith('@include', at)) throw new ConfigSyntaxError(line, '@include is not supported')
  if (text[at] === '"') throw new ConfigSyntaxError(line, 'this text has no end')
  if (text.startsWith('/*', at)) throw new ConfigSyntaxError(line, 'this comment has no end')
  throw new ConfigSyntaxError(line, `unexpected character '${String.fromCodePoint(text.codePointAt(at)!)}'`)
}

function unescaped(text: string, line: number): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (all, hex: string | undefined, letter: string) => {
    const plain = hex === undefined ? ESCAPES[letter] : String.fromCharCode(Number.parseInt(hex, 16))
    if (plain === undefined) throw new ConfigSyntaxError(line, `'${all}' is no escape sequence`)
    return plain
  })
}

class Parser {
  #next = 0
  #depth = 0

  constructor(private readonly tokens: readonly Token[]) {}

  file(): ConfigGroup {
    const settings = this.#settings()
    if (this.#token.kind !== 'end') this.#fail('a setting')
    return settings
  }

  get #token(): Token {
    return this.tokens[this.#next]!
  }

  /** Takes the token if it is this sign. */
  #takes(...signs: string[]): boolean {
    const { kind, text } = this.#token
    if (kind !== 'sign' || !signs.includes(text)) return false
    this.#next++
    return true
  }

  #fail(wanted: string): never {
    const { kind, text, line } = this.#token
    throw new ConfigSyntaxError(line, `${wanted} is expected here, not ${kind === 'end' ? text : `'${text}'`}`)
  }

  #settings(): ConfigGroup {
    const settings = new Map<string, ConfigValue>()
    while (this.#token.kind === 'name') {
      const { text: name, line } = this.#token
      this.#next++
      if (!this.#takes('=', ':')) this.#fail(`'=' after ${name}`)
      if (settings.has(name)) throw new ConfigSyntaxError(line, `${name} is set a second time`)
      settings.set(name, { ...this.#value(), line })
      this.#takes(';', ',')
    }
    return settings
  }

  #value(): ConfigValue {
    const { kind, text, line } = this.#token
    if (kind === 'text') return { line, value: this.#text() }
    if (this.#takes('{')) return { line, value: this.#nested(() => this.#settings(), '}') }
    if (this.#takes('[')) return { line, value: this.#nested(() => this.#items(']'), ']') }
    if (this.#takes('(')) return { line, value: this.#nested(() => this.#items(')'), ')') }
    const value = kind === 'number' ? numberOf(text) : kind === 'name' ? BOOLEANS[text.toLowerCase()] : undefined
    if (value === undefined) this.#fail('a value')
    this.#next++
    return { line, value }
  }

  /** Texts that follow each other are one. */
  #text(): string {
    let whole = ''
    while (this.#token.kind === 'text') {
      whole += this.#token.text
      this.#next++
    }
    return whole
  }

  #nested<T>(read: () => T, end: string): T {
    if (++this.#depth > DEPTH_MAX) throw new ConfigSyntaxError(this.#token.line, 'nested too deeply')
    const inside = read()
    if (!this.#takes(end)) this.#fail(`'${end}'`)
    this.#depth--
    return inside
  }

  #items(end: string): ConfigValue[] {
    const items: ConfigValue[] = []
    while (!(this.#token.kind === 'sign' && this.#token.text === end)) {
      items.push(this.#value())
      if (!this.#takes(',')) break
    }
    return items
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }

function numberOf(text: string): number {
  const plain = text.replace(/L+$/, '')
  return plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain.replace(/^\+/, ''))
}
