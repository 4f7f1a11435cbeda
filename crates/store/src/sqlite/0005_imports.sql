-- Blocks of reported uses know their import, and whether it tells of them (0) or was undone (1). What is there
-- already was told before imports were numbered.
ALTER TABLE use_block ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE use_block ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
CREATE INDEX use_block_batch ON use_block (batch, day);

-- What an import told of, day by day, that was there already.
CREATE TABLE import_memo (
    id    INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    day   INTEGER NOT NULL,
    body  BLOB    NOT NULL
) STRICT;
CREATE INDEX import_memo_day ON import_memo (day, batch);
CREATE INDEX import_memo_batch ON import_memo (batch, day);

-- Imports came into the snapshot. It is a cache: the journal replaces it.
DELETE FROM snapshot;
