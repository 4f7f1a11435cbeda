-- Plans of moves came into the snapshot. It is a cache: the journal replaces it.
DELETE FROM snapshot;
