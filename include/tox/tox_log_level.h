/* Tox: how grave a log record is. */
#ifndef TOXCORE_TS_TOX_LOG_LEVEL_H
#define TOXCORE_TS_TOX_LOG_LEVEL_H

#ifdef __cplusplus
extern "C" {
#endif

/** The gravity of a log record, least first. Records of every level reach the log callback; the program filters. */
typedef enum Tox_Log_Level {
  /** Each packet and each step: a flood, only for hunting a fault. */
  TOX_LOG_LEVEL_TRACE,
  /** Decisions of the protocol, for developers. */
  TOX_LOG_LEVEL_DEBUG,
  /** Rare, ordinary events, such as the bound port. */
  TOX_LOG_LEVEL_INFO,
  /** Something is amiss, yet the library goes on unharmed. */
  TOX_LOG_LEVEL_WARNING,
  /** A failure within the library or of the system beneath it. */
  TOX_LOG_LEVEL_ERROR,
} Tox_Log_Level;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_log_level_to_string(Tox_Log_Level value);

#ifndef TOX_HIDE_DEPRECATED
/** The spelling of releases before 0.2.0. */
typedef Tox_Log_Level TOX_LOG_LEVEL;
#endif

#ifdef __cplusplus
}
#endif

#endif
