// What a search looks for, and when a text has it: the same for a store in memory and for one with an index.

/** Combining accents; the vowel signs of other scripts are letters and stay. */
const ACCENTS = /[\u0300-\u036f]+/g

/** Text as it is compared: without capitals and accents, ligatures and wide letters as plain ones. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(ACCENTS, '').toLowerCase().replaceAll('ς', 'σ')
}

/** The folded words of a search; what stands in double quotes is one. */
export function searchWords(text: string): string[] {
  const words = [...text.matchAll(/"([^"]*)"?|[^\s"]+/g)].map(([whole, quoted]) => fold(quoted ?? whole))
  return words.filter((word) => word.trim() !== '')
}

/** Whether a folded text has all the words. */
export function hasWords(folded: string, words: readonly string[]): boolean {
  return words.every((word) => folded.includes(word))
}

/** Text without halves of surrogate pairs, which no database keeps. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
