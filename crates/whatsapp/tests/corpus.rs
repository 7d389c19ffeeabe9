//! Runs the fuzzer's targets over its stored corpus and over some thousand mutations of it: flipped, cut and joined
//! bytes, repeated keys, depth, huge numbers. `SWITCHBOARD_TEST_SEED` repeats a run, `SWITCHBOARD_TEST_CHANGES` sets
//! the number of mutations per file.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "../../../fuzz/targets.rs"]
mod targets;

use std::{collections::BTreeSet, path::Path};
use whatsapp::webhook::{self, ItemKind};

/// Mutations of each file of the corpus.
const CHANGES: u64 = 200;

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

/// A simple generator: the same seed gives the same run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

/// An odd value in place of a JSON value.
fn odd_value(chance: &mut Chance) -> String {
    let deep = 1 + chance.below(400);
    match chance.below(8) {
        0 => format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        1 => format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)),
        2 => "9".repeat(deep),
        3 => "-1e999".to_owned(),
        4 => "null".to_owned(),
        5 => "\"\\ud83d\"".to_owned(),
        6 => "{\"id\":\"a\",\"id\":7,\"type\":\"text\"}".to_owned(),
        _ => "[]".to_owned(),
    }
}

fn changed(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        match chance.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 => bytes.truncate(at),
            2 => {
                bytes.truncate(at);
                bytes.extend_from_slice(&other[chance.below(other.len())..]);
            }
            3 => bytes.splice(at..at, other.iter().copied()).for_each(drop),
            // Duplicates the text between two quotes, such as a key.
            4 => {
                let quotes: Vec<_> = bytes
                    .iter()
                    .enumerate()
                    .filter(|(_, byte)| **byte == b'"')
                    .collect();
                if let [.., _, _] = quotes[..] {
                    let first = chance.below(quotes.len() - 1);
                    let (from, to) = (quotes[first].0, quotes[first + 1].0);
                    let again = bytes[from..=to].to_vec();
                    bytes.splice(to + 1..=to, again).for_each(drop);
                }
            }
            // Replaces a value by another.
            _ => {
                let colons: Vec<_> = bytes
                    .iter()
                    .enumerate()
                    .filter(|(_, byte)| **byte == b':')
                    .collect();
                if !colons.is_empty() {
                    let from = colons[chance.below(colons.len())].0 + 1;
                    let end = bytes[from..].iter().position(|byte| b",}]".contains(byte));
                    let to = from + end.unwrap_or(0);
                    bytes
                        .splice(from..to, odd_value(chance).into_bytes())
                        .for_each(drop);
                }
            }
        }
    }
    bytes
}

fn run(target: &str, function: fn(&[u8])) {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse().unwrap());
    let seed = number("SWITCHBOARD_TEST_SEED").unwrap_or(1);
    let changes = number("SWITCHBOARD_TEST_CHANGES").unwrap_or(CHANGES);
    let corpus = corpus(target);
    assert!(corpus.len() > 5, "there is no corpus");
    let mut chance = Chance(seed);
    for (name, bytes) in &corpus {
        function(bytes);
        for n in 0..changes {
            let other = &corpus[chance.below(corpus.len())].1;
            let changed = changed(bytes, other, &mut chance);
            let result = std::panic::catch_unwind(|| function(&changed));
            assert!(
                result.is_ok(),
                "change {n} of {name}, seed {seed}: {}",
                String::from_utf8_lossy(&changed)
            );
        }
    }
}

#[test]
fn bodies() {
    run("body", targets::body);
}

#[test]
fn signatures() {
    run("signature", targets::signature);
}

#[test]
fn identities() {
    run("identity", targets::identity);
}

/// A corpus without a type would prove nothing about that type.
#[test]
fn the_corpus_has_every_type_and_every_status() {
    let mut kinds = BTreeSet::new();
    for (_, body) in corpus("body") {
        for item in webhook::parse(&body).unwrap_or_default() {
            kinds.insert(match item.kind {
                ItemKind::Message(message) => message.content.kind().to_owned(),
                ItemKind::Echo(_) => "echo".to_owned(),
                ItemKind::Status(status) => format!("status {}", status.status),
                ItemKind::Error(_) => "error".to_owned(),
                ItemKind::Template(_) => "template".to_owned(),
                ItemKind::Change { .. } => "change".to_owned(),
                ItemKind::Malformed { .. } => "malformed".to_owned(),
            });
        }
    }
    for kind in [
        "echo",
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "button",
        "interactive",
        "reaction",
        "order",
        "system",
        "unsupported",
        "edit",
        "revoke",
        "hologram",
        "status sent",
        "status delivered",
        "status read",
        "status played",
        "status failed",
        "status warning",
        "error",
        "change",
        "malformed",
    ] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
}
