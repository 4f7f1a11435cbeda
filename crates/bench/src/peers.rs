//! The peers: found on this machine, else installed by the bench, never by the product.

pub(crate) mod analytics;
pub(crate) mod duckdb;
pub(crate) mod forecasters;
pub(crate) mod numpy;
pub(crate) mod optimiser;
pub(crate) mod postgres;
pub(crate) mod redis;

use crate::command::{find, install};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of a Debian package, installed when it is missing.
fn program(name: &str, package: &str) -> Result<PathBuf> {
    if find(name).is_none() {
        install(package);
    }
    find(name).with_context(|| format!("`{name}` of the Debian package {package} is not here"))
}

/// A fresh directory under the system's scratch space, which every user may enter.
fn scratch() -> Result<PathBuf> {
    let made = crate::command::output(Command::new("mktemp").args(["-d", "-t", "race.XXXXXX"]))?;
    Ok(PathBuf::from(made.trim()))
}

fn port_free() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn remove(directory: &Path) {
    // What is left in the scratch space harms nobody.
    let _ = std::fs::remove_dir_all(directory);
}
