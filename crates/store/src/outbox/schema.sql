-- Notices on their way, in a file of their own: writing here never waits for the journal, nor the journal for this.
CREATE TABLE cursor (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    channel TEXT NOT NULL,
    about TEXT NOT NULL,
    notice BLOB NOT NULL,
    due INTEGER NOT NULL,
    standing TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    touched INTEGER NOT NULL,
    words TEXT
) STRICT;

CREATE INDEX delivery_waiting ON delivery (channel, about, number) WHERE standing = 'waiting';
CREATE INDEX delivery_of_channel ON delivery (channel, standing, touched);

CREATE TABLE switched_off (
    channel TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT;
