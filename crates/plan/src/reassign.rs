//! Who should hold the seats that are paid for (F8).
