//! Things that have no version of their own are changed as a whole: a change may name the state that it expects to replace. A
//! state is named by a hash of what somebody saves of it. What changes by itself, such as who is there or how many sessions wait,
//! is no part of it: otherwise no change would find what was read a moment ago.

use crate::{Error, Result};
use domain::{
    canned_reply::CannedReply,
    directory::{ExtensionRow, QueueRow},
    refs::LabelRef,
    refusal::Refusal,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A thing that is changed as a whole.
pub trait Saved {
    /// What somebody saves of it.
    fn saved(&self) -> impl Serialize;
}

/// The states that a change may replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Any,
    /// Those with one of these tags.
    OneOf(Vec<String>),
}

/// Names the state of a thing.
///
/// # Errors
/// `Corrupt`, if it cannot be written as JSON.
pub fn tag(thing: &impl Saved) -> Result<String> {
    let saved = serde_json::to_vec(&thing.saved()).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(saved)))
}

impl Expected {
    /// Compares the state that a change finds. It holds until the change is committed only in a transaction that keeps all
    /// other changes of the thing out.
    ///
    /// # Errors
    /// [`Refusal::ChangedMeanwhile`] if the change may not replace it.
    pub(crate) fn allow(&self, found: &impl Saved) -> Result<()> {
        match self {
            Self::OneOf(tags) if !tags.contains(&tag(found)?) => Err(Refusal::ChangedMeanwhile.into()),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}

impl Saved for ExtensionRow {
    fn saved(&self) -> impl Serialize {
        let Self {
            id,
            number,
            name,
            login,
            role,
            disabled,
            capacity,
            open_sessions: _,
            presence: _,
            created_at: _,
        } = self;
        (id, number, name, login, role, disabled, capacity)
    }
}

impl Saved for QueueRow {
    fn saved(&self) -> impl Serialize {
        let Self {
            id,
            name,
            pick_up,
            members,
            disabled,
            distributes,
            empty: _,
            waiting: _,
        } = self;
        // Another name or number of a member is no change of the queue.
        let mut members: Vec<_> = members.iter().map(|member| member.id).collect();
        members.sort_unstable();
        (id, name, pick_up, members, disabled, distributes)
    }
}

impl Saved for LabelRef {
    fn saved(&self) -> impl Serialize {
        self
    }
}

impl Saved for CannedReply {
    fn saved(&self) -> impl Serialize {
        let Self {
            id,
            shortcut,
            text,
            queue,
            files,
        } = self;
        // What the server finds out about a file, nobody has saved.
        let files: Vec<_> = files.iter().map(|file| file.id).collect();
        (id, shortcut, text, queue, files)
    }
}
