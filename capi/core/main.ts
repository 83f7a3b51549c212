// The script inside libtoxcore.so.2: runs once, when the first instance is wanted.

import type { HostBinding } from './binding.js'
import { Core } from './core.js'
import { linkedBinding } from './linked-binding.js'

new Core(linkedBinding('toxcore_ts_host') as HostBinding)
