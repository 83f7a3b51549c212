/** Where the script is written unless told: build/capi/generated/core.js. */
export const BUNDLE: string

/** Writes the script to `target` and returns the names of the files within, with how many bytes of each are in it. */
export function bundleCore(target?: string): Promise<Record<string, number>>
