/* Copies that options own: their savedata and the name of their proxy, under `experimental_owned_data`.
 *
 * They are kept here, by the address of the options, and not in the options: of these we never know whether their
 * memory was ever set, nor whether it ends at the 80 bytes of 0.2.18. */
#ifndef TOXCORE_TS_OPTION_COPIES_H
#define TOXCORE_TS_OPTION_COPIES_H

#include <stddef.h>

#include "tox/tox_options.h"

enum CopyKind { COPY_PROXY_HOST, COPY_SAVEDATA };

/* Copies the bytes and returns the copy, NULL when memory is short. It takes the place of the one before of its kind,
 * which is freed; the bytes may be a part of that one. Size 0 has a copy too. */
const void *option_copy(const Tox_Options *owner, enum CopyKind kind, const void *data, size_t size);

/* Frees a copy, if there is one. */
void drop_option_copy(const Tox_Options *owner, enum CopyKind kind);

#endif
