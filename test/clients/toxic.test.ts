// Debian's toxic on our library, on both sides.

import { tellToxicStory } from './toxic-story.js'

tellToxicStory('ours', 'ours')
