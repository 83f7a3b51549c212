// Lines of hex in, bytes as hex out.
#ifndef EVENT_LINES_H
#define EVENT_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/tox.h>

#if TOX_VERSION_PATCH == 18
#define FILE_RECV_CHUNK_LENGTH tox_event_file_recv_chunk_get_length
#else
#define FILE_RECV_CHUNK_LENGTH tox_event_file_recv_chunk_get_data_length
#endif

static inline int nibble(int character) { return character <= '9' ? character - '0' : character - 'a' + 10; }

// The bytes are the caller's to free, and no longer than their number, so that reading behind them shows.
static inline bool read_line(uint8_t **bytes, uint32_t *size) {
  static char line[1 << 20];
  if (fgets(line, sizeof line, stdin) == NULL) return false;
  *size = (uint32_t)(strcspn(line, "\n") / 2);
  *bytes = (uint8_t *)malloc(*size + (*size == 0));
  for (uint32_t i = 0; i < *size; i += 1) (*bytes)[i] = (uint8_t)(nibble(line[2 * i]) << 4 | nibble(line[2 * i + 1]));
  return true;
}

static inline void tell_bytes(const char *name, const uint8_t *bytes, size_t size) {
  printf("%s", name);
  for (size_t i = 0; i < size; i += 1) printf("%02x", bytes[i]);
  if (size == 0) printf("-");
}

static inline void tell_text(const char *name, const char *text, size_t size) {
  if (text[size] != 0) abort();
  tell_bytes(name, (const uint8_t *)text, size);
}

#endif
