//! From stored messages to the thread as shown: reactions, edits and deletions are merged into the messages they are
//! about.
//!
//! Reactions, edits and deletions arrive as messages of their own, and Meta promises no order. The result is the same
//! for every order.

use crate::{
    ids::MessageId,
    message::{Direction, Edited, MessageView, Quote, Status, is_by_whatsapp},
};
use std::collections::HashMap;

/// Merges reactions, edits and deletions into the messages they are about. One whose target is not in `rows`, or that
/// edits or deletes the other side's message, stays a line of its own.
pub fn fold(rows: Vec<MessageView>) -> Vec<MessageView> {
    let (about, mut shown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.about.is_some());
    let places: HashMap<String, usize> = shown
        .iter()
        .enumerate()
        .filter_map(|(place, row)| Some((row.wamid.clone()?, place)))
        .collect();
    let mut newest: Vec<(usize, MessageView)> = Vec::new();
    let mut strays = Vec::new();
    for row in about {
        let place = row.about.as_ref().and_then(|wamid| places.get(wamid)).copied();
        match place.filter(|place| may(&row, &shown[*place])) {
            Some(place) => newest.push((place, row)),
            None => strays.push(row),
        }
    }
    newest.sort_by_key(|(_, row)| when(row));
    for (place, row) in newest {
        apply(&mut shown[place], row);
    }
    for message in &mut shown {
        if message.marks.deleted {
            message.text = None;
            message.marks.edited = None;
            message.marks.reactions.clear();
            message.content = None;
        }
    }
    quote(&mut shown, &places);
    shown.extend(strays);
    shown.sort_by_key(when);
    shown
}

/// Adds to each answer a quote of the message it answers, in its current state.
fn quote(shown: &mut [MessageView], places: &HashMap<String, usize>) {
    for place in 0..shown.len() {
        let answers = shown[place]
            .content
            .as_ref()
            .and_then(|content| content.answers.as_ref());
        let Some(of) = answers
            .and_then(|wamid| places.get(wamid))
            .map(|place| &shown[*place])
        else {
            continue;
        };
        let quote = Quote {
            id: of.id,
            ours: of.direction == Direction::Outbound,
            author: of.author.clone(),
            by_token: of.by_token,
            kind: of.shown_kind().to_owned(),
            text: of.text.clone(),
        };
        if let Some(content) = &mut shown[place].content {
            content.quote = Some(quote);
        }
    }
}

/// Both sides may react to any message; only the author's side may edit or delete one. A reaction that failed must stay
/// visible.
fn may(row: &MessageView, target: &MessageView) -> bool {
    match row.kind.as_str() {
        "reaction" => !row.status.is_some_and(Status::may_be_retried),
        _ => row.direction == target.direction,
    }
}

/// Applied in the given order, so the last one wins.
fn apply(target: &mut MessageView, row: MessageView) {
    match row.kind.as_str() {
        "reaction" => {
            let reactions = &mut target.marks.reactions;
            reactions.retain(|(who, _)| *who != row.direction);
            let emoji = row.text.filter(|emoji| !emoji.is_empty());
            reactions.extend(emoji.map(|emoji| (row.direction, emoji)));
        }
        "edit" => {
            let first = target.marks.edited.take().map(|edited| edited.before);
            let before = first.unwrap_or_else(|| target.text.clone());
            target.marks.edited = Some(Edited { by: row.id, before });
            target.text = row.text;
        }
        _ => target.marks.deleted = true,
    }
}

pub(crate) fn when(row: &MessageView) -> (i64, MessageId) {
    (row.at.millis(), row.id)
}

/// Whether the message counts as unread. Reactions and deletions are seen with the message they are about, and
/// WhatsApp's own messages need no answer.
pub fn speaks(message: &MessageView) -> bool {
    // An edit that stands alone has the whole text of a message that is not stored.
    message.direction == Direction::Inbound
        && (message.about.is_none() || message.kind == "edit")
        && !is_by_whatsapp(&message.kind)
}

#[cfg(test)]
mod tests;
