// The tables, as the steps that made them. A step is never changed once it was released: a database is at the version of
// the last step it has taken (user_version), and takes the missing ones in order, each in one transaction.
//
// Friends are conversations of kind 'friend' whose key is the friend's; conferences and groups can be conversations of other
// kinds, whose messages have authors. A message without an author is our own.

/** "ToxS" in the file's header: this database is one of ours. */
export const APPLICATION_ID = 0x546f_7853

const FIRST = `
  create table peer (
    id integer primary key,
    key text not null unique,
    name text not null default '',
    last_seen integer
  ) strict;

  create table conversation (
    id integer primary key,
    kind text not null,
    key text not null,
    unique (kind, key)
  ) strict;

  create table message (
    id integer primary key autoincrement,
    conversation integer not null references conversation (id),
    author integer references peer (id),
    kind integer not null,
    state integer not null,
    time integer not null,
    text text not null
  ) strict;
  create index message_in_conversation on message (conversation, time);
  create index message_by_time on message (time);

  create table outbox (
    position integer primary key autoincrement,
    friend text not null,
    message_id integer not null,
    kind integer not null,
    text blob not null,
    message integer references message (id) on delete set null
  ) strict;
  create index outbox_of_friend on outbox (friend);
  create index outbox_message on outbox (message);

  create table transfer (
    place integer primary key,
    friend text not null,
    direction text not null,
    file_id text not null,
    kind integer not null,
    name text not null,
    size integer,
    path text not null,
    part_path text,
    position integer not null,
    mtime real,
    overwrite integer,
    unique (friend, direction, file_id)
  ) strict;
`

/**
 * Search: an index over folded text (see search-text.ts) of all groups of three characters, so that parts of words and
 * scripts without spaces are found. It holds no text itself, and lags behind: see SqliteHistory.
 */
const SEARCH = `
  create virtual table search using fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
  );
  create table search_progress (indexed integer not null) strict;
  insert into search_progress values (0);
`

/** Received messages while their sender may not know that they arrived, byte by byte, to recognise those that come again. */
const UNSETTLED = `
  create table unsettled (
    position integer primary key,
    friend text not null,
    kind integer not null,
    text blob not null
  ) strict;
  create index unsettled_of_friend on unsettled (friend);
`

export const STEPS: readonly string[] = [FIRST, SEARCH, UNSETTLED]

/** The version that this library writes. */
export const NEWEST_VERSION = STEPS.length
