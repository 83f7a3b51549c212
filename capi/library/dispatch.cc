#include "dispatch.h"

#include <new>

Tox_Dispatch *tox_dispatch_new(Tox_Err_Dispatch_New *error) {
  Tox_Dispatch *dispatch = new (std::nothrow) Tox_Dispatch;
  if (error != nullptr) *error = dispatch == nullptr ? TOX_ERR_DISPATCH_NEW_MALLOC : TOX_ERR_DISPATCH_NEW_OK;
  return dispatch;
}

void tox_dispatch_free(Tox_Dispatch *dispatch) { delete dispatch; }
