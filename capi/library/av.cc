// The object for calls that clients create beside their instance. Calls themselves are not built yet (generated wrappers
// refuse them), so this object only lives, is found, and keeps the callbacks that it will need.

#include <new>

#include "instance.h"
#include "tox/toxav.h"

namespace {

// What c-toxcore answers while no call is active.
constexpr uint32_t kIdleIntervalMs = 200;

template <typename Function>
struct Callback {
  Function *function = nullptr;
  void *user_data = nullptr;
};

}  // namespace

struct ToxAV {
  Tox *tox;
  Callback<toxav_call_cb> call;
  Callback<toxav_call_state_cb> call_state;
  Callback<toxav_audio_bit_rate_cb> audio_bit_rate;
  Callback<toxav_video_bit_rate_cb> video_bit_rate;
  Callback<toxav_audio_receive_frame_cb> audio_receive_frame;
  Callback<toxav_video_receive_frame_cb> video_receive_frame;
};

extern "C" {

ToxAV *toxav_new(Tox *tox, Toxav_Err_New *error) {
  const auto answer = [error](ToxAV *av, Toxav_Err_New why) {
    if (error != nullptr) *error = why;
    return av;
  };
  if (tox == nullptr) return answer(nullptr, TOXAV_ERR_NEW_NULL);
  auto *av = new (std::nothrow) ToxAV{};
  if (av == nullptr) return answer(nullptr, TOXAV_ERR_NEW_MALLOC);
  void *none = nullptr;
  if (!tox->av.compare_exchange_strong(none, av)) {
    delete av;
    return answer(nullptr, TOXAV_ERR_NEW_MULTIPLE);
  }
  // A client may kill the instance first.
  tox->holders.fetch_add(1);
  av->tox = tox;
  return answer(av, TOXAV_ERR_NEW_OK);
}

void toxav_kill(ToxAV *av) {
  if (av == nullptr) return;
  void *self = av;
  av->tox->av.compare_exchange_strong(self, nullptr);
  release(av->tox);
  delete av;
}

Tox *toxav_get_tox(const ToxAV *av) { return av == nullptr ? nullptr : av->tox; }

uint32_t toxav_iteration_interval(const ToxAV *) { return kIdleIntervalMs; }
uint32_t toxav_audio_iteration_interval(const ToxAV *) { return kIdleIntervalMs; }
uint32_t toxav_video_iteration_interval(const ToxAV *) { return kIdleIntervalMs; }

void toxav_iterate(ToxAV *) {}
void toxav_audio_iterate(ToxAV *) {}
void toxav_video_iterate(ToxAV *) {}

void toxav_callback_call(ToxAV *av, toxav_call_cb *callback, void *user_data) {
  if (av != nullptr) av->call = {callback, user_data};
}

void toxav_callback_call_state(ToxAV *av, toxav_call_state_cb *callback, void *user_data) {
  if (av != nullptr) av->call_state = {callback, user_data};
}

void toxav_callback_audio_bit_rate(ToxAV *av, toxav_audio_bit_rate_cb *callback, void *user_data) {
  if (av != nullptr) av->audio_bit_rate = {callback, user_data};
}

void toxav_callback_video_bit_rate(ToxAV *av, toxav_video_bit_rate_cb *callback, void *user_data) {
  if (av != nullptr) av->video_bit_rate = {callback, user_data};
}

void toxav_callback_audio_receive_frame(ToxAV *av, toxav_audio_receive_frame_cb *callback, void *user_data) {
  if (av != nullptr) av->audio_receive_frame = {callback, user_data};
}

void toxav_callback_video_receive_frame(ToxAV *av, toxav_video_receive_frame_cb *callback, void *user_data) {
  if (av != nullptr) av->video_receive_frame = {callback, user_data};
}

}
