// Debian's uTox on our library.

import { tellUtoxStory } from './utox-story.js'

tellUtoxStory('ours')
