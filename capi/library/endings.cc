// tox_friend_delete and tox_file_control: a callback may end what the batch in delivery has more to tell of.

#include "wrapper.h"

namespace {

// Under the instance's lock.
void leave_out(Tox *tox, Ended ended) {
  if (tox->deliveries == 0) return;
  tox->ended.push_back(ended);
  tox->ended_count = tox->ended.size();
}

// The lower half of a received file's number means nothing, as in c-toxcore; events bear the number without it.
uint32_t number_in_events(uint32_t file_number) {
  return file_number <= UINT16_MAX ? file_number : file_number & ~uint32_t{UINT16_MAX};
}

}  // namespace

extern "C" bool tox_friend_delete(Tox *tox, uint32_t friend_number, Tox_Err_Friend_Delete *error) {
  if (tox == nullptr) return fail(error, TOX_ERR_FRIEND_DELETE_FRIEND_NOT_FOUND, false);
  CoreCall call(Function::core_friend_delete, tox);
  call.number(friend_number);
  if (!call.run()) return fail(error, TOX_ERR_FRIEND_DELETE_FRIEND_NOT_FOUND, false);
  set_error(error, static_cast<Tox_Err_Friend_Delete>(call.error()));
  if (call.error() != 0) return false;
  leave_out(tox, {friend_number, Ended::kAllFiles});
  return true;
}

extern "C" bool tox_file_control(Tox *tox, uint32_t friend_number, uint32_t file_number, Tox_File_Control control,
                                 Tox_Err_File_Control *error) {
  if (tox == nullptr) return fail(error, TOX_ERR_FILE_CONTROL_NOT_FOUND, false);
  CoreCall call(Function::core_file_control, tox);
  call.number(friend_number);
  call.number(file_number);
  call.number(control);
  if (!call.run()) return fail(error, TOX_ERR_FILE_CONTROL_NOT_FOUND, false);
  set_error(error, static_cast<Tox_Err_File_Control>(call.error()));
  if (call.error() != 0) return false;
  if (control == TOX_FILE_CONTROL_CANCEL) leave_out(tox, {friend_number, number_in_events(file_number)});
  return true;
}
