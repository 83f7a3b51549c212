// Friends as people name them: by number, name or key, or by what a name or key begins with.

import type { Friend, Tox } from '../api/index.js'
import { harmless } from './terminal.js'

/** How a friend is called on screen: the name, or the first digits of the key. */
export function nameOf(friend: Friend): string {
  return friend.name === '' ? friend.publicKey.slice(0, 8) : harmless(friend.name)
}

/** Those whom `text` can mean: the friend with this number, else all whose name or key begins with it. */
export function friendsCalled(tox: Tox, text: string): Friend[] {
  const byNumber = /^\d{1,9}$/.test(text) ? tox.friend(Number(text)) : undefined
  if (byNumber !== undefined) return [byNumber]
  const beginning = text.toLowerCase()
  if (beginning === '') return []
  return tox.friends.filter(({ name, publicKey }) =>
    [name, publicKey].some((one) => one.toLowerCase().startsWith(beginning)),
  )
}
