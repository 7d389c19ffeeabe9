//! WebM and Matroska: whether there is a picture beside the sound.

use crate::{
    details::{Audio, AudioCodec, Details, Inspected, Video, VideoCodec},
    ebml::{self, AUDIO, Element, VIDEO},
    voice::is_doc_type,
};
use std::io::{self, BufReader, Read, Seek};

/// How far the tracks are looked for.
const MAX_HEAD: u64 = 16 * 1024 * 1024;

pub(super) fn look(reader: &mut (impl Read + Seek)) -> io::Result<Option<Inspected>> {
    reader.rewind()?;
    match tracks(reader) {
        Err(error) if ebml::is_broken(&error) => Ok(None),
        looked => looked,
    }
}

fn tracks(reader: &mut impl Read) -> io::Result<Option<Inspected>> {
    let mut reader = BufReader::new(reader.take(MAX_HEAD));
    let Some(Element::DocType(name)) = ebml::next(&mut reader)? else {
        return Ok(None);
    };
    if !is_doc_type(&name) {
        return Ok(None);
    }
    let is_webm = name.starts_with(b"webm");
    let (mut videos, mut audios, mut codec, mut channels) = (Vec::new(), Vec::new(), None, None);
    loop {
        match ebml::next(&mut reader)? {
            Some(Element::TrackType(VIDEO)) => videos.push(VideoCodec::Other),
            Some(Element::TrackType(AUDIO)) => audios.push(AudioCodec::Other),
            Some(Element::CodecId(name)) => match name.as_slice() {
                b"A_OPUS" => codec = Some(AudioCodec::Opus),
                b"A_AAC" => codec = Some(AudioCodec::Aac),
                b"V_MPEG4/ISO/AVC" => videos.fill(VideoCodec::H264),
                b"V_MPEGH/ISO/HEVC" => videos.fill(VideoCodec::Hevc),
                _ => {}
            },
            Some(Element::Channels(value)) => channels = value.try_into().ok(),
            Some(Element::Cluster) | None => break,
            Some(_) => {}
        }
    }
    audios.fill(codec.unwrap_or(AudioCodec::Other));
    Ok(match (videos.first(), audios.first()) {
        (None, None) => None,
        (None, Some(codec)) => {
            let mime = if is_webm { "audio/webm" } else { "audio/x-matroska" };
            let codec = *codec;
            Some(Inspected::new(mime, Details::Audio(Audio { codec, channels })))
        }
        (Some(codec), _) => {
            let mime = if is_webm { "video/webm" } else { "video/x-matroska" };
            let video = Video {
                codec: *codec,
                audio: audios,
            };
            Some(Inspected::new(mime, Details::Video(video)))
        }
    })
}
