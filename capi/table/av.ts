// Calls. The object that clients create beside their instance is real (capi/library/av.cc); calls are not built yet.
import type { ErrorEnum } from './enums.js'
import { absent, CONFERENCE, FRIEND, ignored, plain, scalar } from './rows.js'
import type { Failure, FunctionRow } from './schema.js'

const AUDIO_BIT_RATE = scalar('uint32_t', 'audio_bit_rate')
const VIDEO_BIT_RATE = scalar('uint32_t', 'video_bit_rate')
const BIT_RATE = scalar('uint32_t', 'bit_rate')
const CHANNELS = scalar('uint8_t', 'channels')
const PCM = ignored('const int16_t *', 'pcm')
const AUDIO_CALLBACK = ignored('toxav_audio_data_cb *', 'audio_callback')
const USER_DATA = ignored('void *', 'userdata')

/** No friend is in a call. */
function noCall(error: ErrorEnum, internalError = 'FRIEND_NOT_IN_CALL'): Failure {
  return { error, failed: 'false', internalError, unknownFriend: 'FRIEND_NOT_FOUND' }
}

export const AV: readonly FunctionRow[] = [
  ...plain(
    'toxav_new',
    'toxav_kill',
    'toxav_get_tox',
    'toxav_iteration_interval',
    'toxav_iterate',
    'toxav_audio_iteration_interval',
    'toxav_audio_iterate',
    'toxav_video_iteration_interval',
    'toxav_video_iterate',
    'toxav_callback_call',
    'toxav_callback_call_state',
    'toxav_callback_audio_bit_rate',
    'toxav_callback_video_bit_rate',
    'toxav_callback_audio_receive_frame',
    'toxav_callback_video_receive_frame',
  ),
  absent('av', 'bool', 'toxav_call', [FRIEND, AUDIO_BIT_RATE, VIDEO_BIT_RATE], {
    ...noCall('Toxav_Err_Call', 'MALLOC'),
    offlineFriend: 'FRIEND_NOT_CONNECTED',
  }),
  absent(
    'av',
    'bool',
    'toxav_answer',
    [FRIEND, AUDIO_BIT_RATE, VIDEO_BIT_RATE],
    noCall('Toxav_Err_Answer', 'FRIEND_NOT_CALLING'),
  ),
  absent(
    'av',
    'bool',
    'toxav_call_control',
    [FRIEND, scalar('Toxav_Call_Control', 'control')],
    noCall('Toxav_Err_Call_Control'),
  ),
  absent(
    'av',
    'bool',
    'toxav_audio_send_frame',
    [FRIEND, PCM, ignored('size_t', 'sample_count'), CHANNELS, scalar('uint32_t', 'sampling_rate')],
    noCall('Toxav_Err_Send_Frame'),
  ),
  absent('av', 'bool', 'toxav_audio_set_bit_rate', [FRIEND, BIT_RATE], noCall('Toxav_Err_Bit_Rate_Set')),
  absent(
    'av',
    'bool',
    'toxav_video_send_frame',
    [
      FRIEND,
      scalar('uint16_t', 'width'),
      scalar('uint16_t', 'height'),
      ignored('const uint8_t *', 'y'),
      ignored('const uint8_t *', 'u'),
      ignored('const uint8_t *', 'v'),
    ],
    noCall('Toxav_Err_Send_Frame'),
  ),
  absent('av', 'bool', 'toxav_video_set_bit_rate', [FRIEND, BIT_RATE], noCall('Toxav_Err_Bit_Rate_Set')),

  // Conferences with sound: none can be made.
  absent('tox', 'int32_t', 'toxav_add_av_groupchat', [AUDIO_CALLBACK, USER_DATA], { failed: '-1' }),
  absent(
    'tox',
    'int32_t',
    'toxav_join_av_groupchat',
    [FRIEND, ignored('const uint8_t *', 'data'), scalar('uint16_t', 'length'), AUDIO_CALLBACK, USER_DATA],
    { failed: '-1' },
  ),
  absent(
    'tox',
    'int32_t',
    'toxav_group_send_audio',
    [CONFERENCE, PCM, scalar('uint32_t', 'samples'), CHANNELS, scalar('uint32_t', 'sample_rate')],
    { failed: '-1' },
  ),
  absent('tox', 'int32_t', 'toxav_groupchat_enable_av', [CONFERENCE, AUDIO_CALLBACK, USER_DATA], { failed: '-1' }),
  absent('tox', 'int32_t', 'toxav_groupchat_disable_av', [CONFERENCE], { failed: '-1' }),
  absent('tox', 'bool', 'toxav_groupchat_av_enabled', [CONFERENCE], { failed: 'false' }),
]
