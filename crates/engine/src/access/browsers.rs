//! Browsers in which a user has logged in before. Such a browser carries a cookie that says so, signed with a key that
//! is derived from the master key. Strangers who guess the user's password have no such cookie, and their wrong log-ins
//! do not count against that browser (`login_throttle`). The cookie grants no access: the password is still required.
//!
//! A cookie holds several notes, the newest first, because users share browsers. A note does not say whose it is.

use crate::{Engine, Result, entity::user, random};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{access::login_name, refusal::Refusal, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use url::Url;

/// How long a browser stays known after a log-in.
pub const KNOWN_FOR: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// How long the link of [`unlock`] works.
const LINK_LIVES: Duration = Duration::from_secs(60 * 60);
/// Maximum number of users that one browser's cookie remembers.
const NOTES: usize = 5;
const MINUTE: i64 = 60_000;

/// 12 random bytes, 4 bytes for the minute at which the note expires, and 16 bytes of a signature.
type Note = [u8; 32];

/// What a note was made for: the note of a link must not work as a cookie.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Cookie,
    Link,
}

/// The cookie's next value, after a log-in with this cookie.
pub fn introduce(engine: &Engine, login: &str, cookie: Option<&str>) -> String {
    let notes: Vec<Note> = cookie.map(read).unwrap_or_default();
    let (own, others): (Vec<Note>, Vec<Note>) = notes
        .into_iter()
        .partition(|note| is_good(engine, Purpose::Cookie, login, note));
    // A browser keeps its id, and with it the count of its wrong log-ins.
    let id = own.first().map_or_else(random::bytes, id_of);
    let new = sign(
        engine,
        Purpose::Cookie,
        login,
        id,
        engine.clock().now().plus(KNOWN_FOR),
    );
    let notes = [new].into_iter().chain(others).take(NOTES);
    notes
        .map(|note| BASE64_URL_SAFE_NO_PAD.encode(note))
        .collect::<Vec<_>>()
        .join(".")
}

/// The browser's id, when this user has logged in there before.
pub(crate) fn known(engine: &Engine, login: &str, cookie: Option<&str>) -> Option<[u8; 12]> {
    let notes = cookie.map(read).unwrap_or_default();
    let own = notes
        .iter()
        .find(|note| is_good(engine, Purpose::Cookie, login, note));
    own.map(id_of)
}

/// A link by which a browser becomes known without a log-in, for a user whom the throttle keeps out. Whoever runs the
/// server gives it to the user, who opens it within an hour and then logs in as usual.
///
/// # Errors
/// `NotFound` when no user who may log in has this name.
pub async fn unlock(engine: &Engine, login: &str) -> Result<Url> {
    let login = login_name(login).map_err(|_| Refusal::NotFound)?;
    user::Entity::find()
        .filter(user::Column::Login.eq(login.as_str()))
        .filter(user::Column::DisabledAt.is_null())
        .one(engine.db.read())
        .await?
        .ok_or(Refusal::NotFound)?;
    let note = sign(
        engine,
        Purpose::Link,
        &login,
        random::bytes(),
        engine.clock().now().plus(LINK_LIVES),
    );
    let mut url = engine.public_url.clone();
    url.set_path("/login/unlock");
    url.query_pairs_mut()
        .append_pair("login", &login)
        .append_pair("note", &BASE64_URL_SAFE_NO_PAD.encode(note));
    Ok(url)
}

/// The cookie's next value for a browser that has opened the link of [`unlock`]; `None` when the link is invalid or has
/// expired.
pub fn unlocked(engine: &Engine, login: &str, note: &str, cookie: Option<&str>) -> Option<String> {
    let notes = read(note);
    let good = notes
        .iter()
        .any(|note| is_good(engine, Purpose::Link, login, note));
    good.then(|| introduce(engine, login, cookie))
}

fn read(cookie: &str) -> Vec<Note> {
    let notes = cookie.split('.').take(NOTES);
    notes
        .filter_map(|note| BASE64_URL_SAFE_NO_PAD.decode(note).ok()?.try_into().ok())
        .collect()
}

fn sign(engine: &Engine, purpose: Purpose, login: &str, id: [u8; 12], until: Timestamp) -> Note {
    let until = u32::try_from(until.millis() / MINUTE)
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    let mut note = [0; 32];
    note[..12].copy_from_slice(&id);
    note[12..16].copy_from_slice(&until);
    note[16..].copy_from_slice(&signature(engine, purpose, login, &id, until));
    note
}

fn is_good(engine: &Engine, purpose: Purpose, login: &str, note: &Note) -> bool {
    let mut until = [0; 4];
    until.copy_from_slice(&note[12..16]);
    let signed = signature(engine, purpose, login, &id_of(note), until);
    let lives = i64::from(u32::from_be_bytes(until)) > engine.clock().now().millis() / MINUTE;
    lives && bool::from(signed.ct_eq(&note[16..]))
}

fn id_of(note: &Note) -> [u8; 12] {
    let mut id = [0; 12];
    id.copy_from_slice(&note[..12]);
    id
}

fn signature(engine: &Engine, purpose: Purpose, login: &str, id: &[u8; 12], until: [u8; 4]) -> [u8; 16] {
    let purpose = match purpose {
        Purpose::Cookie => b"c",
        Purpose::Link => b"l",
    };
    // The only part of variable length comes last.
    let whole = engine
        .keys
        .now()
        .vouch(&[purpose, id.as_slice(), &until, login.as_bytes()].concat());
    let mut short = [0; 16];
    short.copy_from_slice(&whole[..16]);
    short
}
