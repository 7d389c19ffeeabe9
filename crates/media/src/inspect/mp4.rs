//! The boxes of MP4 and its relatives (3GPP, M4A, QuickTime): which tracks there are, and their codecs.
//! <https://www.rfc-editor.org/rfc/rfc6381.html#section-3.3> names the codes.

use crate::{
    details::{Audio, AudioCodec, Details, Inspected, Video, VideoCodec},
    source::Source,
};
use std::io::{self, Read, Seek};

/// Boxes that are looked at, all levels together.
const MAX_BOXES: usize = 4096;
/// `moov`, `trak`, `mdia`, `minf`, `stbl`, and what is in it.
const MAX_DEPTH: usize = 6;
/// QuickTime has other handlers deeper down.
const DEPTH_OF_MDIA: usize = MAX_DEPTH - 3;

#[derive(Default)]
struct Tracks {
    /// What the track that is being read contains.
    handler: [u8; 4],
    video: Vec<VideoCodec>,
    audio: Vec<AudioCodec>,
    boxes: usize,
}

/// `None` if there is no track: a file that is cut, or a still picture in the same boxes.
pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Option<Inspected>> {
    let brand = source.bytes::<4>(8)?.unwrap_or_default();
    let mut tracks = Tracks::default();
    walk(source, 0, source.size(), MAX_DEPTH, &mut tracks)?;
    let Tracks { video, audio, .. } = tracks;
    // An M4A's video track is its cover.
    let is_sound = video.is_empty() || matches!(&brand, b"M4A " | b"M4B ");
    let (mime, details) = match (video.first(), audio.first()) {
        (_, Some(codec)) if is_sound => {
            let mime = match &brand {
                [b'3', b'g', ..] => "audio/3gpp",
                _ => "audio/mp4",
            };
            // The boxes say two channels for any number of them.
            let (codec, channels) = (*codec, None);
            (mime, Details::Audio(Audio { codec, channels }))
        }
        (Some(codec), _) => {
            let mime = match &brand {
                b"qt  " => "video/quicktime",
                [b'3', b'g', ..] => "video/3gpp",
                _ => "video/mp4",
            };
            let codec = *codec;
            (mime, Details::Video(Video { codec, audio }))
        }
        (None, _) => return Ok(None),
    };
    Ok(Some(Inspected::new(mime, details)))
}

fn walk<R: Read + Seek>(
    source: &mut Source<'_, R>,
    mut at: u64,
    end: u64,
    depth: usize,
    tracks: &mut Tracks,
) -> io::Result<()> {
    while at < end && tracks.boxes < MAX_BOXES {
        tracks.boxes += 1;
        let Some([s1, s2, s3, s4, kind @ ..]) = source.bytes::<8>(at)? else {
            break;
        };
        let (head, size) = match u32::from_be_bytes([s1, s2, s3, s4]) {
            // Up to the end.
            0 => (8, end - at),
            1 => (16, source.bytes(at + 8)?.map_or(0, u64::from_be_bytes)),
            size => (8, size.into()),
        };
        let next = at.saturating_add(size).min(end);
        if size < head {
            break;
        }
        let start = at + head;
        match &kind {
            b"trak" if depth > 0 => {
                tracks.handler = Default::default();
                walk(source, start, next, depth - 1, tracks)?;
            }
            b"moov" | b"mdia" | b"minf" | b"stbl" if depth > 0 => {
                walk(source, start, next, depth - 1, tracks)?;
            }
            b"hdlr" if depth == DEPTH_OF_MDIA => {
                tracks.handler = source.bytes(start + 8)?.unwrap_or_default();
            }
            b"stsd" => describe(source, start, tracks)?,
            _ => {}
        }
        at = next;
    }
    Ok(())
}

/// Reads the track's codec from its first sample description.
fn describe<R: Read + Seek>(source: &mut Source<'_, R>, stsd: u64, tracks: &mut Tracks) -> io::Result<()> {
    let entry = stsd + 8;
    let Some(codec) = source.bytes::<4>(entry + 4)? else {
        return Ok(());
    };
    match &tracks.handler {
        b"vide" => tracks.video.push(match &codec {
            b"avc1" | b"avc3" => VideoCodec::H264,
            b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => VideoCodec::Hevc,
            _ => VideoCodec::Other,
        }),
        b"soun" => tracks.audio.push(match &codec {
            b"mp4a" => AudioCodec::Aac,
            b"samr" | b"sawb" => AudioCodec::Amr,
            b"Opus" => AudioCodec::Opus,
            b".mp3" => AudioCodec::Mp3,
            _ => AudioCodec::Other,
        }),
        _ => {}
    }
    Ok(())
}
