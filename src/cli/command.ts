// What a command of `toxcore-ts` is: its options are a table, from which parsing and `--help` both follow.

import { parseArgs } from 'node:util'

/** A mistake of the person at the keyboard or of their network: one clear line on standard error, exit code `exitCode`. */
export class CliError extends Error {
  constructor(
    message: string,
    /** 2: the command line is wrong; 1: it is right, but could not be done. */
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message)
  }
}

export interface Option {
  /** How `--help` names the value; absent for a switch. */
  readonly value?: string
  readonly help: string
  readonly repeatable?: boolean
}

export interface Values {
  /** The last value of an option, or `undefined`. */
  text(name: string): string | undefined
  /** All values of a repeatable option. */
  all(name: string): readonly string[]
  has(name: string): boolean
  /** A number within bounds, `fallback` when absent. Throws CliError when it is none. */
  number(name: string, fallback: number, min: number, max: number): number
  readonly positionals: readonly string[]
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** Shown behind the name in the usage line: `'ID | KEY'`. */
  readonly operands?: string
  /** How many operands are allowed. */
  readonly operandCount?: readonly [min: number, max: number]
  readonly options: Readonly<Record<string, Option>>
  /** Further text under the options. */
  readonly details?: string
  /** Runs to its end; the returned number is the exit code. */
  run(values: Values): Promise<number>
}

/** Values of `args` as `command` declares them; CliError names the first mistake. */
export function parseCommandLine(command: Command, args: readonly string[]): Values {
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true }> = {}
  for (const [name, option] of Object.entries(command.options)) {
    options[name] = { type: option.value === undefined ? 'boolean' : 'string', multiple: true }
  }
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const found = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    found.set(token.name, [
      ...(found.get(token.name) ?? []),
      checkedValue(command, token.name, token.rawName, token.value),
    ])
  }
  checkOperands(command, positionals)
  return new ParsedValues(found, positionals)
}

function checkedValue(command: Command, name: string, rawName: string, value: string | undefined): string {
  const option = command.options[name]
  if (option === undefined || !rawName.startsWith('--')) {
    throw new CliError(`unknown option ${rawName}; see toxcore-ts ${command.name} --help`)
  }
  if (option.value === undefined && value !== undefined) throw new CliError(`option ${rawName} takes no value`)
  if (option.value !== undefined && (value === undefined || (value.startsWith('--') && value.length > 2))) {
    throw new CliError(`option ${rawName} needs a value: ${rawName} ${option.value}`)
  }
  return value ?? ''
}

function checkOperands(command: Command, positionals: readonly string[]): void {
  const [min, max] = command.operandCount ?? [0, 0]
  if (positionals.length > max)
    throw new CliError(`unexpected argument '${positionals[max]}'; see toxcore-ts ${command.name} --help`)
  if (positionals.length < min)
    throw new CliError(`too few arguments: toxcore-ts ${command.name} ${command.operands ?? ''}`.trimEnd())
}

class ParsedValues implements Values {
  constructor(
    private readonly found: ReadonlyMap<string, readonly string[]>,
    readonly positionals: readonly string[],
  ) {}

  text(name: string): string | undefined {
    return this.found.get(name)?.at(-1)
  }

  all(name: string): readonly string[] {
    return this.found.get(name) ?? []
  }

  has(name: string): boolean {
    return this.found.has(name)
  }

  number(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name)
    if (text === undefined) return fallback
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max))
      throw new CliError(`option --${name} wants a whole number from ${min} to ${max}, not '${text}'`)
    return value
  }
}

/** What the system says about a failed call: `'no such file or directory'`. */
export function systemReason(error: unknown): string {
  const { message } = error as Error
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message
}

/** The text of `toxcore-ts COMMAND --help`. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, help: { help: 'show this help' } as Option }).map(
    ([name, { value, help, repeatable }]) =>
      [`  --${name}${value === undefined ? '' : ` ${value}`}`, repeatable ? `${help} (repeatable)` : help] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  const usage = ['toxcore-ts', command.name, '[OPTIONS]', command.operands].filter(Boolean).join(' ')
  const lines = [
    `Usage: ${usage}`,
    '',
    command.summary,
    '',
    'Options:',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
  ]
  if (command.details !== undefined) lines.push('', command.details)
  return lines.join('\n')
}
