// Kill (payload id 2): the sender has closed the session. Spec: Net crypto. Peers ignore what follows the id.

import { literal, struct } from '../../codec/index.js'
import { PayloadId } from './payload-id.js'

export const Kill = struct({ id: literal(PayloadId.KILL, 'kill') }, 'kill')
