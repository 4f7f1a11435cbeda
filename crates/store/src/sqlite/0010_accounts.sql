-- People who sign in with a password. Hashes are argon2id in PHC's form.
CREATE TABLE account (
    name        TEXT    PRIMARY KEY,
    display     TEXT    NOT NULL,
    email       TEXT,
    role        TEXT    NOT NULL,
    password    TEXT,
    disabled    INTEGER NOT NULL,
    must_change INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
