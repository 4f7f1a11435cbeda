-- The journal. The key fences a second writer: whoever appends a number second, fails and steps down.
CREATE TABLE journal (
    contract INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    event    BLOB    NOT NULL,
    PRIMARY KEY (contract, seq)
) WITHOUT ROWID, STRICT;

-- What was answered to which request, for ever.
CREATE TABLE request (
    contract INTEGER NOT NULL,
    key      TEXT    NOT NULL,
    digest   BLOB    NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (contract, key)
) WITHOUT ROWID, STRICT;

-- A cache: the state after `seq`. Replay without it gives the same.
CREATE TABLE snapshot (
    contract INTEGER PRIMARY KEY,
    seq      INTEGER NOT NULL,
    body     BLOB    NOT NULL
) STRICT;

-- Texts of reported uses, numbered from 0 without gaps.
CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- Reported uses that have ended, in blocks by the UTC day of their opening.
CREATE TABLE use_block (
    id          INTEGER PRIMARY KEY,
    day         INTEGER NOT NULL,
    last_closed INTEGER NOT NULL,
    body        BLOB    NOT NULL
) STRICT;
CREATE INDEX use_block_day ON use_block (day, last_closed);

-- Uses of our own gate, on tokens, that have ended.
CREATE TABLE gate_use (
    closed  INTEGER NOT NULL,
    opened  INTEGER NOT NULL,
    person  INTEGER NOT NULL,
    product INTEGER NOT NULL
) STRICT;
CREATE INDEX gate_use_closed ON gate_use (closed);

-- Keys of programs and sign-ins of people, hashed: what is stolen from here opens nothing.
CREATE TABLE credential (
    hash    BLOB PRIMARY KEY,
    kind    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    role    TEXT    NOT NULL,
    expires INTEGER
) WITHOUT ROWID, STRICT;
