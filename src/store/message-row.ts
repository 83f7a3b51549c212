// How a message stands in its row: names as numbers.

import type { MessageKind } from '../packet/messenger/message.js'
import type { MessageState, StoredMessage } from './store.js'

const KINDS: readonly MessageKind[] = ['normal', 'action']
const STATES: readonly MessageState[] = ['pending', 'sent', 'received', 'failed']

export const kindCode = (kind: MessageKind): number => KINDS.indexOf(kind)
export const stateCode = (state: MessageState): number => STATES.indexOf(state)

/** Of a code that no version has written: a changed file is input. */
export const kindOf = (code: number): MessageKind => KINDS[code] ?? 'normal'

export interface MessageRow {
  readonly id: number
  readonly friend: string
  readonly isOurs: number
  readonly kind: number
  readonly state: number
  readonly time: number
  readonly text: string
}

/** The columns of a MessageRow, of message `m` in conversation `c`. */
export const MESSAGE_COLUMNS = 'm.id, c.key as friend, m.author is null as isOurs, m.kind, m.state, m.time, m.text'

export function asMessage({ id, friend, isOurs, kind, state, time, text }: MessageRow): StoredMessage {
  return {
    id,
    friend,
    direction: isOurs === 1 ? 'outgoing' : 'incoming',
    kind: kindOf(kind),
    text,
    timeMs: time,
    state: STATES[state] ?? 'received',
  }
}
