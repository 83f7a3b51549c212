// What configuration files of every syntax become: values that know the line they stand on, so that each mistake can be named.

export interface ConfigValue {
  /** From 1. */
  readonly line: number
  /** `null` is something that no setting may be: a date, or nothing. */
  readonly value: string | number | boolean | readonly ConfigValue[] | ConfigGroup | null
}

export type ConfigGroup = ReadonlyMap<string, ConfigValue>

/** The file cannot be read as what it is. */
export class ConfigSyntaxError extends Error {
  override readonly name = 'ConfigSyntaxError'
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message)
  }
}

export function isGroup(value: ConfigValue['value']): value is ConfigGroup {
  return value instanceof Map
}

/** For people: `'the text "x"'`. */
export function describe({ value }: ConfigValue): string {
  if (typeof value === 'string') return value.length > 60 ? 'a long text' : `the text "${value}"`
  if (Array.isArray(value)) return 'a list'
  if (isGroup(value)) return 'a group'
  return value === null ? 'a date or nothing' : String(value)
}
