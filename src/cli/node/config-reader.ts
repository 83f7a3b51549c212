// Takes settings out of a group one by one and notes everything that is wrong with them, so that an operator hears of all
// mistakes at once and none is passed over in silence.

import { type BootstrapNode, BootstrapNodeError, parseBootstrapNode } from '../../api/index.js'
import { type ConfigGroup, type ConfigValue, describe, isGroup } from './config-value.js'

export interface Problem {
  readonly line: number
  readonly text: string
}

export class ConfigReader {
  readonly #left: Map<string, ConfigValue>

  constructor(
    group: ConfigGroup,
    private readonly note: (problem: Problem) => void,
    /** What stands before a name in sentences: `'limits.'`. */
    private readonly prefix = '',
  ) {
    this.#left = new Map(group)
  }

  /** A value as it stands; asked for once. */
  take(name: string): ConfigValue | undefined {
    const value = this.#left.get(name)
    this.#left.delete(name)
    return value
  }

  text(name: string): string | undefined {
    const found = this.take(name)
    if (typeof found?.value === 'string' && !found.value.includes('\0')) return found.value
    return this.#wrong(name, found, 'a text')
  }

  /** A text that is not empty. */
  path(name: string): string | undefined {
    const line = this.#left.get(name)?.line
    const text = this.text(name)
    if (text !== '') return text
    return this.#wrong(name, { line: line!, value: text }, 'the name of a file')
  }

  boolean(name: string): boolean | undefined {
    const found = this.take(name)
    return typeof found?.value === 'boolean' ? found.value : this.#wrong(name, found, 'true or false')
  }

  whole(name: string, min: number, max: number): number | undefined {
    const found = this.take(name)
    if (isWhole(found?.value, min, max)) return found!.value as number
    return this.#wrong(name, found, `a whole number from ${min} to ${max}`)
  }

  port(name: string): number | undefined {
    const found = this.take(name)
    return isPort(found?.value) ? (found!.value as number) : this.#wrong(name, found, 'a port from 1 to 65535')
  }

  /** The ports of a list; what is no port is told and left out. */
  ports(name: string): number[] | undefined {
    const items = this.#list(name, 'ports')
    return items?.flatMap((item) => (isPort(item.value) ? [item.value as number] : this.#odd(name, item, 'a port')))
  }

  /** Nodes as `HOST:PORT:KEY`. */
  nodes(name: string): BootstrapNode[] | undefined {
    const items = this.#list(name, 'nodes')
    return items?.flatMap((item) => {
      if (typeof item.value !== 'string') return this.#odd(name, item, '"HOST:PORT:KEY"')
      try {
        return [parseBootstrapNode(item.value)]
      } catch (error) {
        if (!(error instanceof BootstrapNodeError)) throw error
        this.note({ line: item.line, text: `${this.prefix}${name}: ${error.message}` })
        return []
      }
    })
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const found = this.take(name)
    const value = allowed.find((one) => one === found?.value)
    return value ?? this.#wrong(name, found, allowed.join(', ').replace(/, (?=[^,]*$)/, ' or '))
  }

  /** The settings of a group. */
  group(name: string): ConfigReader | undefined {
    const found = this.take(name)
    if (found !== undefined && isGroup(found.value)) return new ConfigReader(found.value, this.note, `${name}.`)
    return this.#wrong(name, found, 'a group of settings')
  }

  /** Names that nobody asked for. */
  end(): void {
    for (const [name, { line }] of this.#left) this.note({ line, text: `unknown setting ${this.prefix}${name}` })
    this.#left.clear()
  }

  /** Notes that a value was not what it must be; nothing when there is none. */
  #wrong(name: string, found: ConfigValue | undefined, wanted: string): undefined {
    if (found === undefined) return
    this.note({ line: found.line, text: `${this.prefix}${name} must be ${wanted}, not ${describe(found)}` })
  }

  #odd(name: string, item: ConfigValue, wanted: string): [] {
    this.note({ line: item.line, text: `${this.prefix}${name}: ${describe(item)} is not ${wanted}` })
    return []
  }

  #list(name: string, of: string): readonly ConfigValue[] | undefined {
    const found = this.take(name)
    return Array.isArray(found?.value) ? found.value : this.#wrong(name, found, `a list of ${of}`)
  }
}

export function isPort(value: unknown): value is number {
  return isWhole(value, 1, 65_535)
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}
