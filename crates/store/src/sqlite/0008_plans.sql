-- Plans of how allotments are used up came into the snapshot. It is a cache: the journal replaces it.
DELETE FROM snapshot;
