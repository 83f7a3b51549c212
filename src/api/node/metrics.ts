// What a node has counted, in the text form that Prometheus reads. Names with a unit and `_total` are as its guide wants them.

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

export const counter = (name: string, help: string, value: number): Metric => metric('counter', name, help, value)
export const gauge = (name: string, help: string, value: number): Metric => metric('gauge', name, help, value)

function metric(type: Metric['type'], name: string, help: string, value: number): Metric {
  return { name, help, type, values: [{ value }] }
}

/** One family of values that differ in labels. */
export function labelled(type: Metric['type'], name: string, help: string, values: Metric['values']): Metric {
  return { name, help, type, values }
}

/** The text of the exposition format, version 0.0.4. */
export function formatMetrics(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, type, values }) => [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...values.map(({ labels = {}, value }) => `${name}${formatLabels(labels)} ${formatValue(value)}`),
  ])
  return `${lines.join('\n')}\n`
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}
