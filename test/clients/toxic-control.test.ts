// The same story on c-toxcore alone: what fails here is the harness, not our library.

import { tellToxicStory } from './toxic-story.js'

tellToxicStory('debian', 'debian')
