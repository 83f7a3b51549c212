// What people see: colours only on a terminal, QR codes that fit one, text from peers made harmless.

import { renderUnicodeCompact } from 'uqr'

const CODES = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const

/** Paints text for a stream: plain where the stream is no terminal or `NO_COLOR` is set. */
export function painter(stream: NodeJS.WriteStream): (colour: keyof typeof CODES, text: string) => string {
  const colourful = stream.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb'
  return (colour, text) => (colourful ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text)
}

/** A Tox ID as a QR code of half-block characters, readable by phone cameras on dark and light terminals. */
export function toxIdQrCode(toxId: string): string {
  return renderUnicodeCompact(`tox:${toxId}`, { border: 2 })
}

/** Text of a peer on one line, without control characters: a friend's name must not move our cursor or ring our bell. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what must not reach the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}

/** As `harmless`, with its lines kept and the later ones indented: a message must not look like a line of ours. */
export function harmlessLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => harmless(line.replaceAll('\t', '  ')))
    .join('\n    ')
}

/** Shows an instance's ID: alone on a line of standard output; the QR code only where a person looks. */
export function showToxId(toxId: string): void {
  process.stdout.write(`${toxId}\n`)
  if (process.stdout.isTTY) process.stdout.write(`${toxIdQrCode(toxId)}\n`)
}
