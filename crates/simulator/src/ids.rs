//! Ids in Meta's format: opaque, unique across restarts, and with the characters (`=`, `+`, `/`) that break code which
//! treats them as plain words.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A message id. Real ones begin with a packed phone number, so they all start alike.
pub(crate) fn wamid(person: &str) -> String {
    let mut packed = vec![0x1c, 0x18, 0x0b];
    packed.extend_from_slice(person.as_bytes());
    packed.extend_from_slice(&random());
    format!("wamid.{}", STANDARD.encode(packed))
}

/// A call's id.
pub(crate) fn call() -> String {
    format!("wacid.{}", STANDARD.encode(random()))
}

/// A business-scoped user id, for a customer who has neither a number nor such an id.
pub(crate) fn bsuid() -> String {
    format!("CZ.{}", digits(20))
}

/// A handshake's challenge: digits, with leading zeros now and then.
pub(crate) fn challenge() -> String {
    digits(10)
}

/// A file's id.
pub(crate) fn media() -> String {
    format!("1{}", digits(15))
}

/// The part of a download address that nobody can guess.
pub(crate) fn download() -> String {
    hex::encode(random())
}

/// The trace id in an error object.
pub(crate) fn fbtrace() -> String {
    format!("A{}", hex::encode(random()))
}

fn digits(count: usize) -> String {
    random()
        .iter()
        .chain(random().iter())
        .take(count)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect()
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}
