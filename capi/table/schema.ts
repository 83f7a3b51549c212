// How a row of the table describes one function of the C API. Everything that is uniform about the library is made from
// these rows: the exported wrappers, the decoding of their arguments in the core, the list of exports, and doc/capi.md.
import type { ErrorEnum } from './enums.js'

/** A C value that crosses into the core in one word. */
export type ScalarType = 'bool' | 'uint8_t' | 'uint16_t' | 'uint32_t' | 'int32_t' | 'uint64_t' | `Tox${string}`

export type Parameter =
  /** A number, a truth value or an enum. */
  | { readonly kind: 'scalar'; readonly name: string; readonly type: ScalarType }
  /**
   * `const uint8_t name[size]`: bytes of a size that a constant of the header tells. NULL is refused, unless `optional`:
   * then the core gets an empty array.
   */
  | { readonly kind: 'fixed'; readonly name: string; readonly size: string; readonly optional: boolean }
  /**
   * `const uint8_t name[], size_t length`. NULL with length 0 is an empty array, or refused when `required`. `limit` is
   * the greatest length that can be right: of a longer array the core gets `limit + 1` bytes, enough to refuse it.
   */
  | {
      readonly kind: 'data'
      readonly name: string
      readonly length: string
      readonly limit: string
      readonly required: boolean
    }
  /** The caller's buffer, which the core fills with what the function answers. NULL gets nothing, or is refused. */
  | {
      readonly kind: 'out'
      readonly name: string
      readonly element: 'uint8_t' | 'uint32_t'
      readonly required: boolean
    }
  /** What never reaches the core: functions and user data, samples of calls. */
  | { readonly kind: 'ignored'; readonly name: string; readonly type: string }

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

/** What stands first among the parameters: an instance, or nothing. */
export type Self = 'tox' | 'const tox' | 'av' | 'none'

/** How a call fails. */
export interface Failure {
  /** The enum of the last parameter, `Tox_Err_… *error`. */
  readonly error?: ErrorEnum
  /** The result when the call fails, in C: `UINT32_MAX`, `false`. */
  readonly failed?: string
  /** The error for a NULL pointer, without the prefix of the enum: `NULL`. Without one, NULL leaves `*error` alone. */
  readonly nullError?: string
  /** The error of a function that is absent, or whose core failed within, without the prefix: `MALLOC`. */
  readonly internalError?: string
  /** Absent functions: the error for a `friend_number` that is no friend's, and for a friend who is offline. */
  readonly unknownFriend?: string
  readonly offlineFriend?: string
}

/** A function that is generated, or that the core answers: its whole signature. */
export interface SignatureRow extends Failure {
  readonly name: string
  readonly how: 'core' | 'absent'
  /** The C type of the result. */
  readonly returns: string
  readonly self: Self
  readonly parameters: readonly Parameter[]
}

/** A function that is written elsewhere: only its name is needed here. */
export interface NameRow {
  readonly name: string
  readonly how: 'plain' | 'event'
}

export type FunctionRow = SignatureRow | NameRow
