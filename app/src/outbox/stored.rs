//! Replies on their way, in this browser's storage: a reload, a crash or a closed window loses none. Each reply has its
//! own entry, so that two windows do not overwrite each other, and belongs to its writer.

use super::reply::OnItsWay;
use crate::{
    browser::{store, stored, stored_under},
    wire,
};
use domain::ids::UserId;

fn prefix(user: UserId) -> String {
    format!("outbox.{user}.")
}

fn key(user: UserId, reply: &str) -> String {
    format!("{}{reply}", prefix(user))
}

/// A file that is still being uploaded is gone with the page. If the storage is full, the reply is only lost on a reload.
pub(super) fn keep(user: UserId, reply: &OnItsWay) {
    if reply.content.is_none() {
        return;
    }
    if let Ok(text) = serde_json::to_string(reply) {
        store(&key(user, &reply.key), Some(&text));
    }
}

pub(super) fn forget(user: UserId, reply: &str) {
    store(&key(user, reply), None);
}

/// The user's replies that the process has not accepted yet, in the order in which they were written.
pub(super) fn all(user: UserId) -> Vec<OnItsWay> {
    let replies = stored_under(&prefix(user)).into_iter();
    let texts = replies.filter_map(|reply| stored(&key(user, &reply)));
    let mut all: Vec<OnItsWay> = texts.filter_map(|text| wire::read(&text).ok()).collect();
    all.sort_by_key(|reply| reply.at);
    all
}
