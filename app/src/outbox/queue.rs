//! Which reply is sent next, and what follows when one was not accepted. A file has its place from the moment at which
//! it was to be sent, even while it is being uploaded, and what was written after it waits behind it.

use super::reply::OnItsWay;
use crate::api::ApiError;
use domain::{
    ids::SessionId,
    message::content::{Content, MAX_CAPTION},
};

/// The oldest reply that may be sent. A session keeps its order: while it rests, or its first reply is a file that is
/// being uploaded, none of its replies is sent.
pub(super) fn next<'a>(waiting: &'a [OnItsWay], resting: &[SessionId]) -> Option<&'a OnItsWay> {
    waiting.iter().enumerate().find_map(|(nth, reply)| {
        let is_first = waiting[..nth].iter().all(|other| other.session != reply.session);
        (is_first && reply.content.is_some() && !resting.contains(&reply.session)).then_some(reply)
    })
}

/// A file has been uploaded: its message takes the file's place. The text that was written with it becomes the caption
/// of the first file if that may have one; otherwise it follows the files. Returns the key of a text that has become a
/// caption.
pub(super) fn uploaded(waiting: &mut Vec<OnItsWay>, key: &str, mut content: Content) -> Option<String> {
    let at = waiting.iter().position(|reply| reply.key == key)?;
    let group = waiting[at].group.take();
    let text = group.and_then(|group| {
        let of_group = |reply: &OnItsWay| reply.group.as_ref() == Some(&group) && reply.content.is_some();
        waiting.iter().position(of_group)
    });
    let words = text.and_then(|text| {
        waiting[text].group = None;
        Some(waiting[text].words()?.to_owned())
    });
    let free = match &mut content {
        Content::Image(media) | Content::Video(media) | Content::Document(media) => Some(&mut media.caption),
        _ => None,
    };
    let free = free.filter(|caption| caption.is_none());
    let became = match (free, words) {
        (Some(caption), Some(words)) if words.chars().count() <= MAX_CAPTION => {
            *caption = Some(words);
            text.map(|text| waiting.remove(text).key)
        }
        _ => None,
    };
    waiting[at].content = Some(content);
    became
}

/// A file that was to be sent is not sent after all: the next one of its group answers in its place.
pub(super) fn withdrawn(waiting: &mut Vec<OnItsWay>, key: &str) {
    let Some(at) = waiting.iter().position(|reply| reply.key == key) else {
        return;
    };
    let gone = waiting.remove(at);
    let next = waiting[at..]
        .iter_mut()
        .find(|reply| gone.group.is_some() && reply.group == gone.group);
    if let Some(next) = next.filter(|next| next.answers.is_none()) {
        next.answers = gone.answers;
    }
}

/// What follows when the process did not accept a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The process cannot be reached, or a log-in is needed: no other reply would be accepted, either.
    AllWait,
    /// This reply caused an internal error.
    SessionWaits,
    /// The process refuses this reply, however often it is sent.
    Back,
}

pub(super) fn after(why: &ApiError) -> Then {
    match why {
        ApiError::Transport(_) | ApiError::SignIn => Then::AllWait,
        ApiError::Internal { .. } => Then::SessionWaits,
        ApiError::Refused(_) | ApiError::Malformed => Then::Back,
    }
}

/// Counts the internal error, and returns whether the reply is now stuck.
pub(super) fn broke_over(waiting: &mut [OnItsWay], key: &str) -> bool {
    let reply = waiting.iter_mut().find(|reply| reply.key == key);
    reply.is_some_and(|reply| {
        reply.broke = reply.broke.saturating_add(1);
        reply.stuck()
    })
}

/// The stored replies, followed by those written since; each once.
pub(super) fn joined(mut kept: Vec<OnItsWay>, written: Vec<OnItsWay>) -> Vec<OnItsWay> {
    kept.retain(|reply| written.iter().all(|other| other.key != reply.key));
    kept.extend(written);
    kept
}

#[cfg(test)]
mod tests;
