//! Seat or tokens, for one person (F4 to F7).
