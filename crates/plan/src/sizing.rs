//! How many tokens to buy (F12 to F17).
