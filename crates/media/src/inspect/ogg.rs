//! An Ogg's first page names its codec: <https://www.rfc-editor.org/rfc/rfc3533.html#section-6>

use crate::details::{AudioCodec, Inspected};

pub(super) fn look(head: &[u8]) -> Option<Inspected> {
    let packet = head.get(27 + usize::from(*head.get(26)?)..)?;
    match packet {
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', _, channels, ..] => {
            Some(Inspected::audio("audio/ogg", AudioCodec::Opus, Some(*channels)))
        }
        [0x01, b'v', b'o', b'r', b'b', b'i', b's', _, _, _, _, channels, ..] => {
            Some(Inspected::audio("audio/ogg", AudioCodec::Other, Some(*channels)))
        }
        [b'S', b'p', b'e', b'e', b'x', ..] | [0x7F, b'F', b'L', b'A', b'C', ..] => {
            Some(Inspected::audio("audio/ogg", AudioCodec::Other, None))
        }
        _ => None,
    }
}
