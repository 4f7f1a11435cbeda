//! What each lever of a renewal is worth (F18, F19).
