// Globals that an environment without browser globals lacks; the bundler takes them from here.

export { clearTimeout, setTimeout } from 'node:timers'
export { TextDecoder, TextEncoder } from 'node:util'
