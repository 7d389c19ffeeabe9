//! Word, Excel and PowerPoint before 2007: files in a file.
//! <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/>

use crate::{
    details::{Details, Inspected},
    source::Source,
};
use std::io::{self, Read, Seek};

/// The size of an entry of the directory.
const ENTRY: usize = 128;

/// The root's class or the name of one of the first streams says what it is.
pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Option<Inspected>> {
    let (Some(shift), Some(directory)) = (source.bytes(30)?, source.bytes(48)?) else {
        return Ok(None);
    };
    // Sectors have 512 or 4096 bytes; the header counts as one.
    let sector: u64 = match u16::from_le_bytes(shift) {
        9 => 512,
        12 => 4096,
        _ => return Ok(None),
    };
    let start = (u64::from(u32::from_le_bytes(directory)) + 1) * sector;
    let entries = source.read(start, sector)?;
    let mime = entries.chunks_exact(ENTRY).find_map(|entry| {
        let name: Vec<u8> = entry[..64]
            .iter()
            .copied()
            .step_by(2)
            .take_while(|byte| *byte != 0)
            .collect();
        match (name.as_slice(), &entry[80..84]) {
            (b"WordDocument", _) | (_, [0x06, 0x09, 0x02, 0x00]) => Some("application/msword"),
            (b"Workbook" | b"Book", _) | (_, [0x10 | 0x20, 0x08, 0x02, 0x00]) => {
                Some("application/vnd.ms-excel")
            }
            (b"PowerPoint Document", _) | (_, [0x10, 0x8D, 0x81, 0x64]) => {
                Some("application/vnd.ms-powerpoint")
            }
            _ => None,
        }
    });
    Ok(mime.map(|mime| Inspected::new(mime, Details::Document)))
}
