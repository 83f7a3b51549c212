// One line of a benchmark: what was measured, ours, c-toxcore's in the same run, and their ratio.

export interface BenchLine {
  /** What was measured, in the words of the table in doc/performance.md. */
  name: string
  ours: number
  /** The other's figure in the same run; undefined where it is not installed, or has nothing like it. */
  theirs: number | undefined
  /** Who the other is. */
  against: 'c-toxcore' | 'libsodium'
  /** A second other that was asked for, and its figure. */
  second?: { name: string; figure: number }
  /** How many times better ours is: above 1 is better, whichever way the unit counts. */
  ratio: number | undefined
  /** 'ms', 'µs', 'ms CPU' and 'µs CPU' (user and system time of the process together), '/s', 'MB/s', 's CPU/GB', '%', '% CPU', 'MB' or 'KB'. */
  unit: string
}

/** What every bench file exports as `run`. */
export type Bench = () => Promise<BenchLine[]>

/** Units of which less is better. */
const LESS_IS_BETTER = new Set(['s', 'ms', 'ms CPU', 'µs', 'µs CPU', 'ns', '% CPU', 'MB', 'KB', 's CPU/GB'])

/** A line with its ratio worked out; `theirs` undefined where there is nothing to compare with. */
export function benchLine(
  name: string,
  ours: number,
  theirs: number | undefined,
  unit: string,
  against: BenchLine['against'] = 'c-toxcore',
): BenchLine {
  const ratio = theirs === undefined ? undefined : LESS_IS_BETTER.has(unit) ? theirs / ours : ours / theirs
  return { name, ours, theirs, against, ratio, unit }
}

/** The value below which `share` (0–1) of the sorted copy of `values` lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** One line for people. */
export function formatLine({ name, ours, theirs, against, second, ratio, unit }: BenchLine): string {
  const figure = (value: number): string =>
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  const other = (who: string, value: number | undefined): string =>
    value === undefined ? '' : `(${who} ${figure(value)} ${unit}) `
  const others = other(against, theirs) + (second === undefined ? '' : other(second.name, second.figure))
  const times = ratio === undefined ? '' : ` ${figure(ratio)}× better`.replace(/ (0\.\S+)× better/, ' $1×')
  return `${name.padEnd(62)} ${figure(ours).padStart(8)} ${unit.padEnd(6)} ${others}${times}`.trimEnd()
}
