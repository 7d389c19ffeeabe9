//! Word, Excel and PowerPoint since 2007 are ZIP archives. The names of the files in them tell which; nothing is
//! unpacked, so an archive that would burst cannot. The directory stands at the end:
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

use crate::source::Source;
use std::io::{self, Read, Seek};

/// The end record and the longest comment behind it.
const MAX_END: u64 = 22 + 0xFFFF;
/// Files whose names are read.
const MAX_FILES: usize = 4096;

pub(super) enum Archive {
    Office(&'static str),
    /// A document with programs in it is none of WhatsApp's types.
    Macros,
    Other,
}

pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Archive> {
    let end = source.read(source.size().saturating_sub(MAX_END), MAX_END)?;
    let record = end
        .windows(22)
        .rposition(|window| window.starts_with(b"PK\x05\x06"));
    let Some(at) = record.and_then(|record| end[record..].get(16..20)?.first_chunk().copied()) else {
        return Ok(Archive::Other);
    };
    let mut at = u64::from(u32::from_le_bytes(at));
    let (mut has_types, mut has_macros, mut main) = (false, false, None);
    for _ in 0..MAX_FILES {
        let Some([b'P', b'K', 1, 2, rest @ ..]) = source.bytes::<46>(at)? else {
            break;
        };
        let length =
            |position: usize| u64::from(u16::from_le_bytes([rest[position - 4], rest[position - 3]]));
        match source.read(at + 46, length(28))?.as_slice() {
            b"[Content_Types].xml" => has_types = true,
            b"word/document.xml" => {
                main = Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
            }
            b"xl/workbook.xml" => {
                main = Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
            }
            b"ppt/presentation.xml" => {
                main = Some("application/vnd.openxmlformats-officedocument.presentationml.presentation");
            }
            name => has_macros |= name.ends_with(b"/vbaProject.bin"),
        }
        at += 46 + length(28) + length(30) + length(32);
    }
    Ok(match main {
        Some(_) if has_macros => Archive::Macros,
        Some(mime) if has_types => Archive::Office(mime),
        _ => Archive::Other,
    })
}
