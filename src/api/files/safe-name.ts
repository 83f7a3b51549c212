// Names of offered files are whatever a stranger wrote. This makes a file name of one, for any system.

import { fromUtf8, toUtf8 } from '../../base/index.js'

/** The longest name of the usual file systems. */
const NAME_BYTES_MAX = 255
const NAMELESS = 'file'
/** Separators of any system, what Windows forbids, and characters that show nothing or turn the text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb/\\:*?"<>|]/g
/** Devices that Windows finds under every folder, with whatever ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A name of 1 to 255 bytes that is no path, is not hidden, and is none that a system reserves. */
export function safeNameOf(name: string): string {
  const plain = name
    .replace(UNSAFE, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '')
  const safe = RESERVED.test(plain) ? `_${plain}` : plain
  return cut(safe) || NAMELESS
}

/** Shortens in front of the ending, which tells programs what it is, and never inside a character. */
function cut(name: string): string {
  if (toUtf8(name).length <= NAME_BYTES_MAX) return name
  const ending = /\.[^.]{1,16}$/.exec(name)?.[0] ?? ''
  const stem = toUtf8(name.slice(0, name.length - ending.length))
  let end = NAME_BYTES_MAX - toUtf8(ending).length
  while (end > 0 && (stem[end]! & 0xc0) === 0x80) end--
  return fromUtf8(stem.subarray(0, end)) + ending
}
