//! Replies on their way, in this browser's storage: a reload, a crash or a closed window loses none. Each reply has its
//! own entry, so that two windows do not overwrite each other, and belongs to its writer.

use super::reply::OnItsWay;
use crate::{browser::storage, wire};
use domain::ids::UserId;

fn prefix(user: UserId) -> String {
    format!("outbox.{user}.")
}

/// A file that is still being uploaded is gone with the page. If the storage is full, the reply is only lost on a reload.
pub(super) fn keep(user: UserId, reply: &OnItsWay) {
    if reply.content.is_none() {
        return;
    }
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(reply)) {
        let _ = storage.set_item(&format!("{}{}", prefix(user), reply.key), &text);
    }
}

pub(super) fn forget(user: UserId, key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{}{key}", prefix(user)));
    }
}

/// The user's replies that the process has not accepted yet, in the order in which they were written.
pub(super) fn all(user: UserId) -> Vec<OnItsWay> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let prefix = prefix(user);
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    let texts = keys
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| storage.get_item(&key).ok().flatten());
    let mut all: Vec<OnItsWay> = texts.filter_map(|text| wire::read(&text).ok()).collect();
    all.sort_by_key(|reply| reply.at);
    all
}
