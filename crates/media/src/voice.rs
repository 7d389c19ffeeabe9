//! A browser records a voice message as Opus in WebM; WhatsApp wants the same Opus in Ogg. The packets are copied, not
//! encoded anew. How Opus stands in Ogg: <https://www.rfc-editor.org/rfc/rfc7845.html>
//!
//! WhatsApp shows a voice message only of one channel:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages>

use crate::ebml::{self, AUDIO, Element};
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    time::Duration,
};
use thiserror::Error;

/// Samples per second. Opus counts at this rate, whatever the microphone's rate was.
const RATE: u64 = 48_000;
/// The longest packet: 120 ms.
const MAX_SAMPLES: u64 = RATE * 120 / 1000;
/// The only stream of its file needs no particular number.
const SERIAL: u32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    pub duration: Duration,
    /// One or two. WhatsApp wants one.
    pub channels: u8,
}

#[derive(Debug, Error)]
pub enum NotVoice {
    #[error("the file is not WebM")]
    NotWebm,
    #[error("the file does not consist of exactly one Opus track with one or two channels")]
    NotOneOpusTrack,
    #[error("the recording is empty")]
    Empty,
    #[error("the recording is broken")]
    Broken,
    #[error(transparent)]
    Io(io::Error),
}

impl NotVoice {
    fn reading(error: io::Error) -> Self {
        match ebml::is_broken(&error) {
            true => Self::Broken,
            false => Self::Io(error),
        }
    }
}

/// Copies the recording's packets to `out` as they are read: one packet is in memory, and the page that is being
/// filled. After a refusal, `out` contains half a recording.
pub fn to_ogg(webm: impl Read, out: impl Write) -> Result<Voice, NotVoice> {
    let mut webm = BufReader::new(webm);
    let (track, header) = head(&mut webm)?;
    let (channels, pre_skip) = (header[9], u16::from_le_bytes([header[10], header[11]]));

    let mut pages = Pages::new(out);
    pages.header(header).map_err(NotVoice::Io)?;
    pages.header(tags()).map_err(NotVoice::Io)?;
    while let Some(element) = ebml::next(&mut webm).map_err(NotVoice::reading)? {
        match element {
            Element::Block(block) => {
                let packet = packet(&block, track)?;
                let samples = samples(packet).ok_or(NotVoice::Broken)?;
                pages.packet(packet.to_vec(), samples).map_err(NotVoice::Io)?;
            }
            Element::Track => return Err(NotVoice::NotOneOpusTrack),
            _ => {}
        }
    }
    let samples = pages.finish().map_err(NotVoice::Io)?;
    match samples.checked_sub(pre_skip.into()) {
        None | Some(0) => Err(NotVoice::Empty),
        Some(heard) => Ok(Voice {
            duration: Duration::from_micros(heard.saturating_mul(1_000_000) / RATE),
            channels,
        }),
    }
}

/// Reads up to the first cluster: the only track's number and its `OpusHead`.
fn head(webm: &mut impl BufRead) -> Result<(u64, Vec<u8>), NotVoice> {
    let is_webm = match ebml::next(webm) {
        Ok(Some(Element::DocType(name))) => is_doc_type(&name),
        Err(error) if !ebml::is_broken(&error) => return Err(NotVoice::Io(error)),
        _ => false,
    };
    if !is_webm {
        return Err(NotVoice::NotWebm);
    }
    let (mut tracks, mut number, mut is_audio, mut is_opus) = (0, None, false, false);
    let mut header = None;
    loop {
        match ebml::next(webm).map_err(NotVoice::reading)? {
            None => return Err(NotVoice::Empty),
            Some(Element::Cluster) => break,
            Some(Element::Track) => tracks += 1,
            Some(Element::TrackNumber(value)) => number = Some(value),
            Some(Element::TrackType(value)) => is_audio = value == AUDIO,
            Some(Element::CodecId(name)) => is_opus = name == b"A_OPUS",
            Some(Element::CodecPrivate(value)) => header = Some(value),
            Some(_) => {}
        }
    }
    let header = header.filter(|header| is_header(header));
    match (number, header) {
        (Some(number), Some(header)) if tracks == 1 && is_audio && is_opus => Ok((number, header)),
        _ => Err(NotVoice::NotOneOpusTrack),
    }
}

pub(crate) fn is_doc_type(name: &[u8]) -> bool {
    [b"webm".as_slice(), b"matroska"].contains(&name.trim_ascii_end())
}

/// An `OpusHead` of the first version with one or two channels in the plain order.
fn is_header(header: &[u8]) -> bool {
    header.len() == 19
        && header.starts_with(b"OpusHead")
        && header[8] & 0xF0 == 0
        && matches!(header[9], 1 | 2)
        && header[18] == 0
}

/// A comment header without comments: nobody learns which browser it was.
fn tags() -> Vec<u8> {
    let vendor = b"Switchboard";
    [
        b"OpusTags",
        (vendor.len() as u32).to_le_bytes().as_slice(),
        vendor,
        &[0; 4],
    ]
    .concat()
}

/// A block's only packet. Recorders do not put several packets of Opus into a block ("lacing").
fn packet(block: &[u8], track: u64) -> Result<&[u8], NotVoice> {
    match block {
        // The track's number, two bytes of time, flags.
        [number, _, _, flags, packet @ ..] if number & 0x80 != 0 => match flags & 0x06 {
            0 if u64::from(number & 0x7F) == track => Ok(packet),
            0 => Err(NotVoice::NotOneOpusTrack),
            _ => Err(NotVoice::Broken),
        },
        _ => Err(NotVoice::Broken),
    }
}

/// How long a packet sounds, by its first byte: <https://www.rfc-editor.org/rfc/rfc6716.html#section-3.1>
fn samples(packet: &[u8]) -> Option<u64> {
    let first = *packet.first()?;
    let frame: u64 = match first >> 3 {
        config @ 0..12 => [480, 960, 1920, 2880][usize::from(config % 4)],
        config @ 12..16 => [480, 960][usize::from(config % 2)],
        config => 120 << (config % 4),
    };
    let frames = match first & 0x03 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1)? & 0x3F,
    };
    let samples = frame * u64::from(frames);
    (1..=MAX_SAMPLES).contains(&samples).then_some(samples)
}

/// Ogg pages of about a second. The last packet waits, because its page is marked as the end.
struct Pages<W: Write> {
    writer: PacketWriter<'static, W>,
    last: Option<Vec<u8>>,
    /// Samples up to the end of `last`, and up to the end of the last full page.
    position: u64,
    page: u64,
}

impl<W: Write> Pages<W> {
    fn new(out: W) -> Self {
        Self {
            writer: PacketWriter::new(out),
            last: None,
            position: 0,
            page: 0,
        }
    }

    /// A header has a page of its own.
    fn header(&mut self, header: Vec<u8>) -> io::Result<()> {
        self.writer
            .write_packet(header, SERIAL, PacketWriteEndInfo::EndPage, 0)
    }

    fn packet(&mut self, packet: Vec<u8>, samples: u64) -> io::Result<()> {
        if let Some(last) = self.last.replace(packet) {
            let is_full = self.position - self.page >= RATE;
            let end = match is_full {
                true => PacketWriteEndInfo::EndPage,
                false => PacketWriteEndInfo::NormalPacket,
            };
            self.writer.write_packet(last, SERIAL, end, self.position)?;
            if is_full {
                self.page = self.position;
            }
        }
        self.position += samples;
        Ok(())
    }

    /// The number of all samples.
    fn finish(mut self) -> io::Result<u64> {
        if let Some(last) = self.last.take() {
            self.writer
                .write_packet(last, SERIAL, PacketWriteEndInfo::EndStream, self.position)?;
        }
        self.writer.inner_mut().flush()?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::samples;

    /// The table of RFC 6716: SILK, hybrid and CELT, then one, two and any number of frames.
    #[test]
    fn the_first_byte_tells_how_long_a_packet_sounds() {
        for (config, milliseconds) in [
            (0, 10.0),
            (3, 60.0),
            (12, 10.0),
            (15, 20.0),
            (16, 2.5),
            (31, 20.0),
        ] {
            let expected = Some((milliseconds * 48.0) as u64);
            assert_eq!(samples(&[config << 3]), expected, "{config}");
            assert_eq!(samples(&[config << 3 | 0x04]), expected, "stereo lasts as long");
            let double = expected.map(|samples| samples * 2);
            assert_eq!(samples(&[config << 3 | 1]), double);
            assert_eq!(samples(&[config << 3 | 2]), double);
            assert_eq!(samples(&[config << 3 | 3, 0x80 | 2]), double);
        }
        assert_eq!(samples(&[31 << 3 | 3, 6]), Some(5760));
        for broken in [[].as_slice(), &[3], &[31 << 3 | 3, 0], &[31 << 3 | 3, 7]] {
            assert_eq!(samples(broken), None, "{broken:?}");
        }
    }
}
