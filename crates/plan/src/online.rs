//! Rent or buy while the term runs (F9).
