//! A browser's recording becomes a voice message.

use crate::support::*;
use media::{
    Details,
    details::AudioCodec,
    limits::{Kind, kinds_of},
    voice::{NotVoice, Voice, to_ogg},
};
use ogg::reading::PacketReader;
use std::{io::Cursor, time::Duration};

fn remux(name: &str) -> (Voice, Vec<u8>) {
    let mut ogg = Vec::new();
    let voice = to_ogg(fixture(name).as_slice(), &mut ogg).unwrap();
    (voice, ogg)
}

/// The packets of an Ogg with the granule positions of their pages, and whether a page and the stream end with them.
fn packets(ogg: &[u8]) -> Vec<(Vec<u8>, u64, bool, bool)> {
    let mut reader = PacketReader::new(Cursor::new(ogg));
    let mut packets = Vec::new();
    while let Some(packet) = reader.read_packet().unwrap() {
        let (last, end) = (packet.last_in_page(), packet.last_in_stream());
        packets.push((packet.data.clone(), packet.absgp_page(), last, end));
    }
    packets
}

/// What Chromium records at once and in slices, where segment and clusters have no size, and what ffmpeg streams. The
/// numbers of packets and the durations are those that ffprobe tells of the WebM.
#[test]
fn recordings_keep_their_packets() {
    for (name, count, microseconds) in COUNTED {
        let (voice, ogg) = remux(name);
        assert_eq!(voice.channels, 1, "{name}");
        assert_eq!(voice.duration, Duration::from_micros(*microseconds), "{name}");

        let packets = packets(&ogg);
        let [head, tags, sound @ ..] = packets.as_slice() else {
            panic!("{name} has no headers");
        };
        assert!(head.0.starts_with(b"OpusHead") && head.2 && head.1 == 0);
        assert!(tags.0.starts_with(b"OpusTags") && tags.2 && tags.1 == 0);
        assert_eq!(sound.len(), *count, "{name}");

        let webm = fixture(name);
        let mut rest = webm.as_slice();
        for (packet, ..) in sound {
            let at = rest.windows(packet.len()).position(|window| window == packet);
            rest = &rest[at.expect("each packet is one of the WebM, in the same order") + packet.len()..];
        }
    }
}

const COUNTED: &[(&str, usize, u64)] = &[
    ("chromium.webm", 41, 2_460_000),
    ("chromium_sliced.webm", 25, 1_500_000),
    // The encoder's 312 samples in advance are not heard.
    ("live.webm", 66, 1_313_500),
];

#[test]
fn pages_last_about_a_second_and_the_last_one_ends_the_stream() {
    let (voice, ogg) = remux("chromium.webm");
    let packets = packets(&ogg);
    let sound = &packets[2..];
    let ends: Vec<u64> = sound
        .iter()
        .filter(|packet| packet.2)
        .map(|packet| packet.1)
        .collect();
    assert_eq!(ends.len(), 3, "2.46 seconds");
    let lengths = ends
        .iter()
        .scan(0, |last, end| Some(end - std::mem::replace(last, *end)));
    for length in lengths.take(2) {
        assert!((48_000..=48_000 + 5760).contains(&length), "{length}");
    }
    assert!(sound.iter().rev().skip(1).all(|packet| !packet.3));
    let last = sound.last().unwrap();
    assert!(last.2 && last.3);
    // Chromium skips nothing at the beginning.
    assert_eq!(u128::from(last.1), voice.duration.as_micros() * 48 / 1000);
}

#[test]
fn the_result_can_be_sent_as_audio() {
    let (_, ogg) = remux("chromium_sliced.webm");
    let inspected = look(&ogg);
    assert_eq!(inspected.mime, "audio/ogg");
    let Details::Audio(audio) = &inspected.details else {
        panic!("no audio");
    };
    assert_eq!((audio.codec, audio.channels), (AudioCodec::Opus, Some(1)));
    assert_eq!(kinds_of(&inspected, ogg.len() as u64).kinds[0], Kind::Audio);
}

#[test]
fn stereo_is_told() {
    assert_eq!(remux("stereo.webm").0.channels, 2);
}

#[test]
fn refusals() {
    let webm = fixture("chromium_sliced.webm");
    let cluster = webm
        .windows(4)
        .position(|window| window == b"\x1F\x43\xB6\x75")
        .unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = webm
            .windows(from.len())
            .position(|window| window == from)
            .unwrap();
        [&webm[..at], to, &webm[at + from.len()..]].concat()
    };
    let refusal = |bytes: &[u8]| to_ogg(bytes, std::io::sink()).unwrap_err();
    for bytes in [
        fixture("video.webm"),
        replaced(b"A_OPUS", b"A_FLAC"),
        replaced(b"OpusHead", b"OpusFoot"),
    ] {
        assert!(matches!(refusal(&bytes), NotVoice::NotOneOpusTrack));
    }
    // A second track, and four channels.
    let track = webm
        .windows(3)
        .position(|window| window == b"\xAE\xBD\xD7")
        .unwrap();
    let entry = &webm[track..track + 63];
    let size = webm[track - 1] & 0x7F;
    let two = [&webm[..track - 1], &[0x80 | (size + 63)], entry, &webm[track..]].concat();
    for bytes in [two, replaced(b"OpusHead\x01\x01", b"OpusHead\x01\x04")] {
        assert!(matches!(refusal(&bytes), NotVoice::NotOneOpusTrack));
    }
    for bytes in [
        b"".to_vec(),
        b"nothing".to_vec(),
        fixture("vorbis.ogg"),
        fixture("h264.mp4"),
    ] {
        assert!(matches!(refusal(&bytes), NotVoice::NotWebm));
    }
    assert!(matches!(refusal(&webm[..cluster]), NotVoice::Empty));
    assert!(matches!(refusal(&webm[..webm.len() - 1]), NotVoice::Broken));
    // A block of several packets, and a packet of no frames.
    let block = cluster + 17;
    for (at, byte) in [(block + 3, 0x82), (block + 5, 0x80)] {
        let mut changed = webm.clone();
        assert_ne!(std::mem::replace(&mut changed[at], byte), byte);
        assert!(matches!(refusal(&changed), NotVoice::Broken), "{at}");
    }
}
