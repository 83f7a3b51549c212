// What the core says, told to the host: through an instance's log callback, and on standard error where TOXCORE_TS_LOG is set.
#ifndef TOXCORE_TS_LOG_H
#define TOXCORE_TS_LOG_H

#include <cstdint>
#include <vector>

#include "tox/tox.h"
#include "tox/tox_options.h"

struct Tox;

// The records that wait for an instance, packed. Called inside a CoreCall, under its locks.
std::vector<uint8_t> take_logs(uint32_t instance);

// Calls the log callback for each record, with no lock held.
void deliver_logs(const Tox *tox, const std::vector<uint8_t> &records);

// The level from which TOXCORE_TS_LOG (trace, debug, info, warning, error) wants records on standard error; above ERROR: none.
uint32_t environment_log_level();

// Says what went wrong in the library itself; `tox` may be an instance that is only being made.
void log_here(const Tox *tox, Tox_Log_Level level, const char *function, const char *message);

#endif
