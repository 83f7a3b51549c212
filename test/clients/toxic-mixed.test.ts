// Debian's toxic on our library, and on c-toxcore.

import { tellToxicStory } from './toxic-story.js'

tellToxicStory('ours', 'debian')
