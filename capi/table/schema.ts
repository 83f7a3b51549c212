// How a row of the table describes one function of the C API. Everything that is uniform about the library is made from
// these rows: the exported wrappers, the decoding of their arguments in the core, the list of exports, and doc/capi.md.

/** A C value that crosses into the core in one word. */
export type ScalarType = 'bool' | 'uint8_t' | 'uint16_t' | 'uint32_t' | 'int32_t' | 'uint64_t' | `Tox_${string}`

export type Parameter =
  /** A number, a truth value or an enum. */
  | { readonly kind: 'scalar'; readonly name: string; readonly type: ScalarType }
  /** `const uint8_t name[size]`: bytes of a size that a constant of the header tells. */
  | { readonly kind: 'fixed'; readonly name: string; readonly size: string }
  /** `const uint8_t name[], size_t length`. NULL with length 0 is an empty array. */
  | { readonly kind: 'data'; readonly name: string; readonly length: string }
  /** The caller's buffer, which the core fills with what the function answers; NULL is allowed and gets nothing. */
  | { readonly kind: 'out'; readonly name: string; readonly element: 'uint8_t' | 'uint32_t' | 'char' }

/** What the function does today. */
export type How =
  /** A call into the TypeScript core: the function of the same name in capi/core/functions. */
  | 'core'
  /** Written by hand in capi/library, without the core or around it. */
  | 'plain'
  /** Made by the generator of events (callback setters, event getters, dispatch). */
  | 'event'
  /** Not built yet: always its error. */
  | 'absent'

export interface FunctionRow {
  readonly name: string
  readonly how: How
  /** The C type of the result. */
  readonly returns: string
  /** What stands first: an instance (`tox`), or nothing. */
  readonly self: 'tox' | 'const tox' | 'none'
  readonly parameters: readonly Parameter[]
  /** The enum of the last parameter, `Tox_Err_… *error`. */
  readonly error?: string
  /** The result when the call fails, in C: `UINT32_MAX`, `false`. */
  readonly failed?: string
  /** The error for a NULL pointer where that is an error, without the prefix of the enum: `NULL`. */
  readonly nullError?: string
  /** The error of a function that is absent, or whose core failed within, without the prefix: `MALLOC`. */
  readonly internalError?: string
}
