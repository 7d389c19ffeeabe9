//! Addresses from which WhatsApp fetches the files of messages. Whoever has one may fetch the file: an address cannot be
//! guessed, names one file, and expires.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use crate::{
    Engine, Result,
    credentials::seal::MasterKey,
    entity::{file, stored},
    files::read::OpenFile,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{file::FileState, refusal::Refusal, time::Timestamp};
use sea_orm::EntityTrait;
use std::time::Duration;
use uuid::Uuid;

/// WhatsApp fetches a file some time after it accepted the message, and its calls may be repeated for six hours.
const LIVES: Duration = Duration::from_secs(12 * 60 * 60);

/// A new address of a file. No two are the same: Meta keeps what it fetched from an address for ten minutes.
pub(crate) fn address(engine: &Engine, file: Uuid) -> String {
    let until = engine.clock().now().plus(LIVES);
    let base = engine.public_url.as_str().trim_end_matches('/');
    format!("{base}/files/{}", sign(&engine.keys.now(), file, until))
}

/// A file that is always here, for the doctor to fetch.
pub const PROBE: &[u8] = b"switchboard file link\n";
pub const PROBE_TYPE: &str = "text/plain";
const PROBE_ID: Uuid = Uuid::nil();

pub(crate) fn probe_address(engine: &Engine) -> String {
    address(engine, PROBE_ID)
}

/// What an address names.
#[derive(Debug)]
pub enum Linked {
    File(OpenFile),
    Probe,
}

/// The file that an address names, without a log-in.
///
/// # Errors
/// `NotFound` for an address that was not made here, or has expired; `FileGone` when the file is not kept any more.
pub async fn of_link(engine: &Engine, token: &str) -> Result<Linked> {
    let file = verify(&engine.keys.now(), token, engine.clock().now()).ok_or(Refusal::NotFound)?;
    if file == PROBE_ID {
        return Ok(Linked::Probe);
    }
    let row = file::Entity::find_by_id(file).one(engine.db.read()).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    match stored(&row.state)? {
        FileState::Here => OpenFile::of(engine, row).map(Linked::File),
        _ => Err(Refusal::FileGone.into()),
    }
}

fn sign(key: &MasterKey, file: Uuid, until: Timestamp) -> String {
    let text = [file.as_bytes().as_slice(), &until.millis().to_be_bytes()].concat();
    let signature = key.sign_link(&text);
    BASE64_URL_SAFE_NO_PAD.encode([text.as_slice(), &signature].concat())
}

fn verify(key: &MasterKey, token: &str, now: Timestamp) -> Option<Uuid> {
    let bytes: [u8; 56] = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let (text, signature) = bytes.split_at(24);
    let (file, until) = text.split_at(16);
    if !key.signed_link(text, signature) {
        return None;
    }
    let until = i64::from_be_bytes(until.try_into().ok()?);
    Uuid::from_slice(file).ok().filter(|_| now.millis() < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_address_opens_the_file_and_only_for_some_time() {
        let key = || MasterKey::parse(&MasterKey::new_text(), "a test").unwrap();
        let (key, other) = (key(), key());
        let (file, until) = (Uuid::from_u128(7), Timestamp::from_millis(1000));
        let now = Timestamp::from_millis(999);
        let token = sign(&key, file, until);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(verify(&key, &token, now), Some(file));
        assert_eq!(verify(&key, &token, until), None, "it has expired");
        assert_eq!(verify(&key, &sign(&other, file, until), now), None);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(verify(&key, &changed, now), None, "{changed}");
        }
        for nonsense in ["", "a", "../../etc/passwd", &token[1..], &format!("{token}A")] {
            assert_eq!(verify(&key, nonsense, now), None, "{nonsense}");
        }
    }
}
