/* Tox: annotations that say whether a pointer may be NULL.
 *
 * Clang knows `_Nonnull` and `_Nullable` as keywords; for every other compiler they become nothing here, so that
 * programs may write them anywhere. The prototypes of this library do not carry them: it answers a NULL where none
 * belongs with an error or an empty result, and a compiler that was promised otherwise might drop a caller's own
 * check.
 */
#ifndef TOXCORE_TS_TOX_ATTRIBUTES_H
#define TOXCORE_TS_TOX_ATTRIBUTES_H

#ifndef __clang__
#ifndef _Nonnull
#define _Nonnull
#endif
#ifndef _Nullable
#define _Nullable
#endif
#endif

#endif
