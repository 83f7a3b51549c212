// tox_friend_delete: a callback may delete a friend of whom the batch in delivery has more to tell.

#include "wrapper.h"

extern "C" bool tox_friend_delete(Tox *tox, uint32_t friend_number, Tox_Err_Friend_Delete *error) {
  if (tox == nullptr) return fail(error, TOX_ERR_FRIEND_DELETE_FRIEND_NOT_FOUND, false);
  CoreCall call(Function::core_friend_delete, tox);
  call.number(friend_number);
  if (!call.run()) return fail(error, TOX_ERR_FRIEND_DELETE_FRIEND_NOT_FOUND, false);
  set_error(error, static_cast<Tox_Err_Friend_Delete>(call.error()));
  if (call.error() != 0) return false;
  // Under the lock that `call` holds.
  if (tox->deliveries > 0) tox->deleted_friends.push_back(friend_number);
  return true;
}
