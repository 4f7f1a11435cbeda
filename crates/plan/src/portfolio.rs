//! The mix of seats and tokens that costs least, with its certificate (F11).
