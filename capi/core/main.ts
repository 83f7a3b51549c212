// The script inside libtoxcore.so.2: runs once, when the first instance is wanted.

import type { HostBinding } from './binding.js'
import { Core } from './core.js'

/** `process` as Node makes it; the types do not show this door of embedders. */
const embedder = process as unknown as { _linkedBinding(name: string): unknown }

new Core(embedder._linkedBinding('toxcore_ts_host') as HostBinding)
