// The small functions of tox_private.h that need no core.

#include <new>

#include "instance.h"
#include "tox/tox_private.h"

struct Tox_Iterate_Options {
  bool fail_hard = false;
};

extern "C" {

void tox_lock(const Tox *tox) {
  if (tox != nullptr) tox->mutex.lock();
}

void tox_unlock(const Tox *tox) {
  if (tox != nullptr) tox->mutex.unlock();
}

void tox_set_av_object(Tox *tox, void *object) {
  if (tox != nullptr) tox->av = object;
}

void *tox_get_av_object(const Tox *tox) { return tox == nullptr ? nullptr : tox->av.load(); }

const Tox_System *tox_get_system(const Tox *tox) { return tox == nullptr ? nullptr : &tox->system.given; }

Tox_Iterate_Options *tox_iterate_options_new(Tox_Err_Iterate_Options_New *error) {
  auto *options = new (std::nothrow) Tox_Iterate_Options;
  if (error != nullptr) {
    *error = options == nullptr ? TOX_ERR_ITERATE_OPTIONS_NEW_MALLOC : TOX_ERR_ITERATE_OPTIONS_NEW_OK;
  }
  return options;
}

void tox_iterate_options_free(Tox_Iterate_Options *options) { delete options; }

void tox_iterate_options_set_fail_hard(Tox_Iterate_Options *options, bool fail_hard) {
  if (options != nullptr) options->fail_hard = fail_hard;
}

bool tox_iterate_options_get_fail_hard(const Tox_Iterate_Options *options) {
  return options != nullptr && options->fail_hard;
}

}
