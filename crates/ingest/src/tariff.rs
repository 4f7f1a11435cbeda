//! Tariff files.
