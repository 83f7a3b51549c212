/** `process` as Node makes it; the types do not show this door of embedders. */
const embedder = process as unknown as { _linkedBinding(name: string): unknown }

/** What was linked into the process under this name. Throws when nothing was. */
export function linkedBinding(name: string): unknown {
  return embedder._linkedBinding(name)
}
