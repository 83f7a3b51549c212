// The same story on c-toxcore: what fails here is the harness, not our library.

import { tellUtoxStory } from './utox-story.js'

tellUtoxStory('debian')
