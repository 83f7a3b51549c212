/* Tox: calls with sound and picture.
 *
 * A ToxAV belongs to one Tox and stands on it: make it after `tox_new`, end it before `tox_kill`. A call passes from
 * `toxav_call` (or the `call` event and `toxav_answer`) through changes of its state, told by the `call_state` event,
 * to FINISHED or ERROR. While it lasts, frames go out through `toxav_audio_send_frame` and `toxav_video_send_frame`,
 * and come in as events.
 *
 * Callbacks: one for each event, set with `toxav_callback_<event>`, NULL to have none. Signalling events come from
 * `tox_iterate`, frames from `toxav_iterate`. Do not end a call from within a callback of its frames.
 *
 * Threads: either call `toxav_iterate` regularly, or `toxav_audio_iterate` and `toxav_video_iterate` from a thread
 * each, sound with the higher priority; not both ways. A function that finds the instance busy with another thread may
 * fail with its SYNC error: try again.
 *
 * `error` may be NULL everywhere.
 */
#ifndef TOXCORE_TS_TOXAV_H
#define TOXCORE_TS_TOXAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tox.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Everything about calls that one Tox has. */
#ifndef TOXAV_DEFINED
#define TOXAV_DEFINED
typedef struct ToxAV ToxAV;
#endif

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

/** Why there is no ToxAV. */
typedef enum Toxav_Err_New {
  TOXAV_ERR_NEW_OK,
  /** `tox` is NULL. */
  TOXAV_ERR_NEW_NULL,
  /** Memory ran out. */
  TOXAV_ERR_NEW_MALLOC,
  /** This Tox has a ToxAV already. */
  TOXAV_ERR_NEW_MULTIPLE,
} Toxav_Err_New;

/** Makes the one ToxAV that a Tox can have. */
ToxAV *toxav_new(Tox *tox, Toxav_Err_New *error);

/** Drops all calls, without a word to the friends, and ends the ToxAV. NULL is allowed. */
void toxav_kill(ToxAV *av);

/** The Tox it was made for. */
Tox *toxav_get_tox(const ToxAV *av);

/* ---- Moving calls: sound and picture together -------------------------------------------------------------------- */

/** In how many milliseconds `toxav_iterate` wants to be called. Long when there is no call. */
uint32_t toxav_iteration_interval(const ToxAV *av);

/** Decodes what has arrived and calls back for it. */
void toxav_iterate(ToxAV *av);

/* ---- Moving calls: sound and picture in a thread each ------------------------------------------------------------ */

/** In how many milliseconds `toxav_audio_iterate` wants to be called. For the thread that calls that. */
uint32_t toxav_audio_iteration_interval(const ToxAV *av);

/** The part of `toxav_iterate` that is sound. */
void toxav_audio_iterate(ToxAV *av);

/** In how many milliseconds `toxav_video_iterate` wants to be called. For the thread that calls that. */
uint32_t toxav_video_iteration_interval(const ToxAV *av);

/** The part of `toxav_iterate` that is picture. */
void toxav_video_iterate(ToxAV *av);

/* ---- Calling and answering --------------------------------------------------------------------------------------- */

/** Why a friend does not ring. */
typedef enum Toxav_Err_Call {
  TOXAV_ERR_CALL_OK,
  /** Memory ran out. */
  TOXAV_ERR_CALL_MALLOC,
  /** Busy with another thread. */
  TOXAV_ERR_CALL_SYNC,
  /** No friend has this number. */
  TOXAV_ERR_CALL_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOXAV_ERR_CALL_FRIEND_NOT_CONNECTED,
  /** There is a call with this friend, even if nobody has answered it yet. */
  TOXAV_ERR_CALL_FRIEND_ALREADY_IN_CALL,
  /** A bit rate that the codec does not have. */
  TOXAV_ERR_CALL_INVALID_BIT_RATE,
} Toxav_Err_Call;

/**
 * Rings a friend. It rings until the friend answers or goes offline, or the program cancels the call.
 *
 * @param audio_bit_rate kbit/s for the sound we send, 0 to send none. What the friend sends is received all the same.
 * @param video_bit_rate kbit/s for the picture we send, 0 to send none.
 */
bool toxav_call(ToxAV *av, Tox_Friend_Number friend_number, uint32_t audio_bit_rate, uint32_t video_bit_rate,
                Toxav_Err_Call *error);

/** A friend rings. The two truths say what the friend is going to send. */
typedef void toxav_call_cb(ToxAV *av, Tox_Friend_Number friend_number, bool audio_enabled, bool video_enabled,
                           void *user_data);

void toxav_callback_call(ToxAV *av, toxav_call_cb *callback, void *user_data);

/** Why a call was not answered. It goes on ringing and may be answered later. */
typedef enum Toxav_Err_Answer {
  TOXAV_ERR_ANSWER_OK,
  /** Busy with another thread. */
  TOXAV_ERR_ANSWER_SYNC,
  /** A codec would not start, for instance since no callback is set that would receive its frames. */
  TOXAV_ERR_ANSWER_CODEC_INITIALIZATION,
  /** No friend has this number. */
  TOXAV_ERR_ANSWER_FRIEND_NOT_FOUND,
  /** The friend does not ring, or the call has been answered. */
  TOXAV_ERR_ANSWER_FRIEND_NOT_CALLING,
  /** A bit rate that the codec does not have. */
  TOXAV_ERR_ANSWER_INVALID_BIT_RATE,
} Toxav_Err_Answer;

/** Takes a friend's call. The bit rates mean what they mean in `toxav_call`. */
bool toxav_answer(ToxAV *av, Tox_Friend_Number friend_number, uint32_t audio_bit_rate, uint32_t video_bit_rate,
                  Toxav_Err_Answer *error);

/* ---- The state of a call ----------------------------------------------------------------------------------------- */

/** What the friend does in a call: bits that are told together. None set: the friend has paused it. */
enum Toxav_Friend_Call_State {
  TOXAV_FRIEND_CALL_STATE_NONE = 0,
  /** Something broke, or the friend is gone. Alone, and the last that is told of a call. */
  TOXAV_FRIEND_CALL_STATE_ERROR = 1,
  /** One of the two has hung up. Alone, and the last that is told of a call. */
  TOXAV_FRIEND_CALL_STATE_FINISHED = 2,
  /** The friend sends sound. */
  TOXAV_FRIEND_CALL_STATE_SENDING_A = 4,
  /** The friend sends picture. */
  TOXAV_FRIEND_CALL_STATE_SENDING_V = 8,
  /** The friend wants our sound. */
  TOXAV_FRIEND_CALL_STATE_ACCEPTING_A = 16,
  /** The friend wants our picture. */
  TOXAV_FRIEND_CALL_STATE_ACCEPTING_V = 32,
};

/** The state of a call is another than before. `state` holds bits of Toxav_Friend_Call_State. */
typedef void toxav_call_state_cb(ToxAV *av, Tox_Friend_Number friend_number, uint32_t state, void *user_data);

void toxav_callback_call_state(ToxAV *av, toxav_call_state_cb *callback, void *user_data);

/* ---- Steering a call --------------------------------------------------------------------------------------------- */

/** What can be done with a call. Before it is answered, only CANCEL. */
typedef enum Toxav_Call_Control {
  /** Goes on after our own PAUSE. */
  TOXAV_CALL_CONTROL_RESUME,
  /** Holds the call. */
  TOXAV_CALL_CONTROL_PAUSE,
  /** Hangs up, or declines. */
  TOXAV_CALL_CONTROL_CANCEL,
  /** Asks the friend for no sound, and drops what comes nevertheless. */
  TOXAV_CALL_CONTROL_MUTE_AUDIO,
  /** Asks the friend for sound again. */
  TOXAV_CALL_CONTROL_UNMUTE_AUDIO,
  /** Asks the friend for no picture, and drops what comes nevertheless. */
  TOXAV_CALL_CONTROL_HIDE_VIDEO,
  /** Asks the friend for picture again. */
  TOXAV_CALL_CONTROL_SHOW_VIDEO,
} Toxav_Call_Control;

/** Why a control had no effect. */
typedef enum Toxav_Err_Call_Control {
  TOXAV_ERR_CALL_CONTROL_OK,
  /** Busy with another thread. */
  TOXAV_ERR_CALL_CONTROL_SYNC,
  /** No friend has this number. */
  TOXAV_ERR_CALL_CONTROL_FRIEND_NOT_FOUND,
  /** No call with this friend, or it is not answered yet. */
  TOXAV_ERR_CALL_CONTROL_FRIEND_NOT_IN_CALL,
  /** The call is in that state already: paused twice, resumed while it runs. */
  TOXAV_ERR_CALL_CONTROL_INVALID_TRANSITION,
} Toxav_Err_Call_Control;

bool toxav_call_control(ToxAV *av, Tox_Friend_Number friend_number, Toxav_Call_Control control,
                        Toxav_Err_Call_Control *error);

/* ---- Bit rates --------------------------------------------------------------------------------------------------- */

/** Why a bit rate stays as it was. */
typedef enum Toxav_Err_Bit_Rate_Set {
  TOXAV_ERR_BIT_RATE_SET_OK,
  /** Busy with another thread. */
  TOXAV_ERR_BIT_RATE_SET_SYNC,
  /** A bit rate that the codec does not have. */
  TOXAV_ERR_BIT_RATE_SET_INVALID_BIT_RATE,
  /** No friend has this number. */
  TOXAV_ERR_BIT_RATE_SET_FRIEND_NOT_FOUND,
  /** No call with this friend. */
  TOXAV_ERR_BIT_RATE_SET_FRIEND_NOT_IN_CALL,
} Toxav_Err_Bit_Rate_Set;

/** Sets the kbit/s of the sound that goes out from now on; 0 stops it. */
bool toxav_audio_set_bit_rate(ToxAV *av, Tox_Friend_Number friend_number, uint32_t bit_rate,
                              Toxav_Err_Bit_Rate_Set *error);

/** The way to the friend is full: sound should take no more than so many kbit/s. */
typedef void toxav_audio_bit_rate_cb(ToxAV *av, Tox_Friend_Number friend_number, uint32_t audio_bit_rate,
                                     void *user_data);

void toxav_callback_audio_bit_rate(ToxAV *av, toxav_audio_bit_rate_cb *callback, void *user_data);

/** Sets the kbit/s of the picture that goes out from now on; 0 stops it. */
bool toxav_video_set_bit_rate(ToxAV *av, Tox_Friend_Number friend_number, uint32_t bit_rate,
                              Toxav_Err_Bit_Rate_Set *error);

/** The way to the friend is full: picture should take no more than so many kbit/s. */
typedef void toxav_video_bit_rate_cb(ToxAV *av, Tox_Friend_Number friend_number, uint32_t video_bit_rate,
                                     void *user_data);

void toxav_callback_video_bit_rate(ToxAV *av, toxav_video_bit_rate_cb *callback, void *user_data);

/* ---- Frames that go out ------------------------------------------------------------------------------------------ */

/** Why a frame was not sent. */
typedef enum Toxav_Err_Send_Frame {
  TOXAV_ERR_SEND_FRAME_OK,
  /** No samples, or a plane is missing. */
  TOXAV_ERR_SEND_FRAME_NULL,
  /** No friend has this number. */
  TOXAV_ERR_SEND_FRAME_FRIEND_NOT_FOUND,
  /** No call with this friend. */
  TOXAV_ERR_SEND_FRAME_FRIEND_NOT_IN_CALL,
  /** Busy with another thread. */
  TOXAV_ERR_SEND_FRAME_SYNC,
  /** A size, a rate or a number of channels that the codec does not have. */
  TOXAV_ERR_SEND_FRAME_INVALID,
  /** The friend does not want this, or our bit rate for it is 0. */
  TOXAV_ERR_SEND_FRAME_PAYLOAD_TYPE_DISABLED,
  /** The network would not take it. */
  TOXAV_ERR_SEND_FRAME_RTP_FAILED,
} Toxav_Err_Send_Frame;

/**
 * Sends sound.
 *
 * @param pcm           `sample_count * channels` samples, those of one moment side by side: left, right, left, right.
 * @param sample_count  samples for each channel: 2.5, 5, 10, 20, 40 or 60 ms of them.
 * @param channels      1 or 2.
 * @param sampling_rate 8000, 12000, 16000, 24000 or 48000 Hz.
 */
bool toxav_audio_send_frame(ToxAV *av, Tox_Friend_Number friend_number, const int16_t pcm[], size_t sample_count,
                            uint8_t channels, uint32_t sampling_rate, Toxav_Err_Send_Frame *error);

/**
 * Sends a picture in planar YUV 4:2:0, rows without padding.
 *
 * @param y   brightness, `width * height` bytes.
 * @param u,v colour, `(width / 2) * (height / 2)` bytes each.
 */
bool toxav_video_send_frame(ToxAV *av, Tox_Friend_Number friend_number, uint16_t width, uint16_t height,
                            const uint8_t y[], const uint8_t u[], const uint8_t v[], Toxav_Err_Send_Frame *error);

/* ---- Frames that come in ----------------------------------------------------------------------------------------- */

/** Sound of a friend, laid out as in `toxav_audio_send_frame`. One iteration may bring several. */
typedef void toxav_audio_receive_frame_cb(ToxAV *av, Tox_Friend_Number friend_number, const int16_t pcm[],
                                          size_t sample_count, uint8_t channels, uint32_t sampling_rate,
                                          void *user_data);

void toxav_callback_audio_receive_frame(ToxAV *av, toxav_audio_receive_frame_cb *callback, void *user_data);

/**
 * A picture of a friend in planar YUV 4:2:0.
 *
 * A stride is the distance from one row of a plane to the next in bytes: at least the width (half of it for u and v),
 * and negative when the picture stands on its head. A plane has as many rows as `toxav_video_send_frame` says.
 */
typedef void toxav_video_receive_frame_cb(ToxAV *av, Tox_Friend_Number friend_number, uint16_t width, uint16_t height,
                                          const uint8_t y[], const uint8_t u[], const uint8_t v[], int32_t ystride,
                                          int32_t ustride, int32_t vstride, void *user_data);

void toxav_callback_video_receive_frame(ToxAV *av, toxav_video_receive_frame_cb *callback, void *user_data);

/* ---- Sound in conferences ---------------------------------------------------------------------------------------- */

/* An older kind of interface, kept by its users: the functions take the Tox, and each conference has a callback and a
 * pointer of its own. Those that answer with a number answer -1 when they fail. */

/** Sound of a peer in a conference, with the true type of its first parameter. */
typedef void toxav_group_audio_cb(Tox *tox, Tox_Conference_Number conference_number,
                                  Tox_Conference_Peer_Number peer_number, const int16_t pcm[], uint32_t samples,
                                  uint8_t channels, uint32_t sample_rate, void *user_data);

/** Sound of a peer in a conference: `samples * channels` samples. `tox` is the Tox. */
typedef void toxav_audio_data_cb(void *tox, Tox_Conference_Number conference_number,
                                 Tox_Conference_Peer_Number peer_number, const int16_t pcm[], uint32_t samples,
                                 uint8_t channels, uint32_t sample_rate, void *userdata);

/** Makes a conference with sound. Returns its number. */
int32_t toxav_add_av_groupchat(Tox *tox, toxav_audio_data_cb *audio_callback, void *userdata);

/** Joins a conference with sound; `data` is the cookie of the invitation. Returns its number. */
int32_t toxav_join_av_groupchat(Tox *tox, Tox_Friend_Number friend_number, const uint8_t data[], uint16_t length,
                                toxav_audio_data_cb *audio_callback, void *userdata);

/**
 * Sends sound to a conference; the values are those of `toxav_audio_send_frame`. Returns 0.
 *
 * What suits most: 960 samples, one channel, 48000 Hz.
 */
int32_t toxav_group_send_audio(Tox *tox, Tox_Conference_Number conference_number, const int16_t pcm[],
                               uint32_t samples, uint8_t channels, uint32_t sample_rate);

/** Turns sound on in a conference that was loaded from a profile, where it starts silent. Returns 0. */
int32_t toxav_groupchat_enable_av(Tox *tox, Tox_Conference_Number conference_number,
                                  toxav_audio_data_cb *audio_callback, void *userdata);

/** Turns sound off in a conference. Returns 0. */
int32_t toxav_groupchat_disable_av(Tox *tox, Tox_Conference_Number conference_number);

/** Whether sound is on in a conference. */
bool toxav_groupchat_av_enabled(Tox *tox, Tox_Conference_Number conference_number);

#ifdef __cplusplus
} /* extern "C" */
#endif

typedef ToxAV Toxav;

/* Types under the names that older programs use. */
typedef Toxav_Err_Call TOXAV_ERR_CALL;
typedef Toxav_Err_New TOXAV_ERR_NEW;
typedef Toxav_Err_Answer TOXAV_ERR_ANSWER;
typedef Toxav_Err_Call_Control TOXAV_ERR_CALL_CONTROL;
typedef Toxav_Err_Bit_Rate_Set TOXAV_ERR_BIT_RATE_SET;
typedef Toxav_Err_Send_Frame TOXAV_ERR_SEND_FRAME;
typedef Toxav_Call_Control TOXAV_CALL_CONTROL;
typedef enum Toxav_Friend_Call_State TOXAV_FRIEND_CALL_STATE;

#endif
