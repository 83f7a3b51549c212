/* `*_to_string` functions, one macro each: the text for a value is the enumerator's own name. An enumerator that is
 * missing from a list is a compiler's error (-Wswitch). */
#ifndef TOXCORE_TS_ENUM_NAMES_H
#define TOXCORE_TS_ENUM_NAMES_H

#define NAME(enumerator) \
  case enumerator:       \
    return #enumerator;

/* Programs hand in what peers and files told them, so a value outside the enum is answered too. */
#define ENUM(function, type, names) \
  const char *function(type value) { \
    switch (value) { names }         \
    return "<invalid " #type ">";    \
  }

#endif
