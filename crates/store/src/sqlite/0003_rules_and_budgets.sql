-- Policies, budgets and places came into the snapshot. It is a cache: the journal replaces it.
DELETE FROM snapshot;
