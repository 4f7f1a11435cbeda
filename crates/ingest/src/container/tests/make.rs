//! Containers, made.

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::io::Write as _;

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip of (name, bytes, whether to pack them).
pub(super) fn zip(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut output = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut output);
    for (name, bytes, packed) in members {
        // A name is kept as it is, also one that climbs out of its directory.
        let path = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let (method, level) = if *packed {
            (CompressionMethod::DEFLATE, Compression::best())
        } else {
            (CompressionMethod::STORE, Compression::none())
        };
        let (mut entry, config) =
            archive.new_file(path).compression_method(method).start().unwrap();
        if *packed {
            let mut writer = config.wrap(DeflateEncoder::new(&mut entry, level));
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            let (_, descriptor) = writer.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
    }
    archive.finish().unwrap();
    output
}

/// Where the flags stand: in a local header, and in the directory.
pub(super) const FLAGS: [usize; 2] = [6, 8];
/// Where the method stands.
pub(super) const METHOD: [usize; 2] = [8, 10];

/// The same zip, with another number at this place of each header.
pub(super) fn patched(mut zip: Vec<u8>, places: [usize; 2], value: u8) -> Vec<u8> {
    for (signature, place) in [(b"PK\x03\x04", places[0]), (b"PK\x01\x02", places[1])] {
        let found: Vec<usize> = memchr::memmem::find_iter(&zip, signature).collect();
        for header in found {
            zip[header + place] = if places == FLAGS { zip[header + place] | value } else { value };
        }
    }
    zip
}

/// The same zip, whose directory lists its first member a second time, by another name of the same length.
pub(super) fn doubled(zip: &[u8], other: &str) -> Vec<u8> {
    let start = memchr::memmem::find(zip, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::find(zip, b"PK\x05\x06").unwrap();
    let mut again = zip[start..end].to_vec();
    again[46..46 + other.len()].copy_from_slice(other.as_bytes());
    let mut tail = zip[end..].to_vec();
    let size = u32::try_from(2 * (end - start)).unwrap();
    tail[8..10].copy_from_slice(&2_u16.to_le_bytes());
    tail[10..12].copy_from_slice(&2_u16.to_le_bytes());
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    [&zip[..end], &again, &tail].concat()
}
