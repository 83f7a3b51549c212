// Expected failures are values from a closed set; an exception means a mistake of our own.

/** Either a value or one error of a closed set `E` (each set maps one to one onto an enum of the C API). */
export type Result<T, E extends string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** Wraps a value as a success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** Wraps an error name as a failure. */
export function fail<E extends string>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}
