//! Containers, made without a library: members are stored, as a zip and a gzip file may have them.

/// The checksum of both.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    // One block, the last, stored.
    let count = u16::try_from(bytes.len()).unwrap();
    out.extend([&[1][..], &count.to_le_bytes(), &(!count).to_le_bytes(), bytes].concat());
    out.extend([crc32(bytes).to_le_bytes(), length(bytes).to_le_bytes()].concat());
    out
}

pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let place = length(&out);
        let (size, name_size) = (length(bytes).to_le_bytes(), (name.len() as u16).to_le_bytes());
        // No flags, stored, no time.
        let told =
            [&[0; 8][..], &crc32(bytes).to_le_bytes(), &size, &size, &name_size, &[0; 2]].concat();
        out.extend([b"PK\x03\x04\x14\0", &told[..], name.as_bytes(), bytes].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0\x14\0", &told[..], &[0; 10], &place.to_le_bytes(), name.as_bytes()]
                .concat(),
        );
    }
    let count = (members.len() as u16).to_le_bytes();
    let (size, place) = (length(&directory).to_le_bytes(), length(&out).to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &place, &[0; 2]].concat();
    [out, directory, end].concat()
}

/// A workbook of sheets of texts.
pub(crate) fn workbook(sheets: &[(&str, &[Vec<&str>])]) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = |rows: String| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{rows}</Relationships>"
        )
    };
    let root = relations(format!(
        "<Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"
    ));
    let (mut tabs, mut targets, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, rows)) in sheets.iter().enumerate() {
        tabs += &format!("<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{number}\"/>", number + 1);
        targets += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{office}/worksheet\" Target=\"s{number}.xml\"/>"
        );
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row =
            |row: &Vec<&str>| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
        let rows: String = rows.iter().map(row).collect();
        parts.push((
            format!("xl/s{number}.xml"),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{tabs}</sheets></workbook>"
    );
    parts.push(("[Content_Types].xml".to_owned(), "<Types/>".to_owned()));
    parts.push(("_rels/.rels".to_owned(), root));
    parts.push(("xl/workbook.xml".to_owned(), book));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations(targets)));
    let members: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&members)
}
