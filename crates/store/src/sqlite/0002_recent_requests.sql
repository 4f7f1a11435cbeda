-- The latest answered requests in the order of their arrival: clients choose their keys at random, and a
-- table by key writes a page for each. They move to `request` later, many at a time and in order.
CREATE TABLE request_recent (
    id     INTEGER PRIMARY KEY,
    key    TEXT    NOT NULL,
    digest BLOB    NOT NULL,
    seq    INTEGER NOT NULL
) STRICT;

-- Snapshots have the release's own shape: the journal gives them anew.
DELETE FROM snapshot;
