//! One run of `switchboard apply`: what it knows, and what it says.

use super::{
    file::File,
    reference::Reference,
    stored::Stored,
    thing::{Thing, filled},
};
use anyhow::Context as _;
use domain::ids::{ChannelId, ExtensionId, QueueId};
use engine::Engine;
use secrecy::ExposeSecret as _;
use std::{collections::HashMap, io::Write, path::Path, str::FromStr};

/// Of what a dry run does not create.
pub(super) const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

pub(super) struct Run<'a, W> {
    pub(super) engine: &'a Engine,
    pub(super) stored: Stored,
    pub(super) ids: Ids,
    /// Where the file is.
    pub(super) folder: &'a Path,
    pub(super) dry_run: bool,
    pub(super) out: &'a mut W,
}

/// What the file may name: that which is stored, and that which it creates.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) extensions: HashMap<String, ExtensionId>,
    pub(super) queues: HashMap<String, QueueId>,
    pub(super) channels: HashMap<String, ChannelId>,
}

impl Ids {
    pub(super) fn new(stored: &Stored, file: &File, dry_run: bool) -> anyhow::Result<Self> {
        let mut ids = Self::default();
        if dry_run {
            ids.extensions = to_come(&file.extensions)?;
            ids.queues = to_come(&file.queues)?;
            ids.channels = to_come(&file.channels)?;
        }
        ids.extensions.extend(of(&stored.extensions));
        ids.queues.extend(of(&stored.queues));
        ids.channels.extend(of(&stored.channels));
        Ok(ids)
    }

    pub(super) fn extension(&self, field: &str, number: &str) -> anyhow::Result<ExtensionId> {
        known(&self.extensions, field, number)
    }

    pub(super) fn queue(&self, field: &str, name: &str) -> anyhow::Result<QueueId> {
        known(&self.queues, field, name)
    }

    pub(super) fn channel(&self, field: &str, phone_number_id: &str) -> anyhow::Result<ChannelId> {
        known(&self.channels, field, phone_number_id)
    }

    /// `queue:NAME` or `extension:NUMBER` as `queue:ID` or `extension:ID`.
    pub(super) fn place(&self, field: &str, place: &Option<String>) -> anyhow::Result<String> {
        let Some(place) = filled(place) else {
            return Ok(String::new());
        };
        match place.split_once(':') {
            Some(("queue", name)) => Ok(format!("queue:{}", self.queue(field, name)?)),
            Some(("extension", number)) => Ok(format!("extension:{}", self.extension(field, number)?)),
            _ => anyhow::bail!("{field}: {place:?} is no place; write queue:NAME or extension:NUMBER"),
        }
    }

    /// `channel:PHONE_NUMBER_ID` or `queue:NAME` as `channel:ID` or `queue:ID`.
    pub(super) fn bound(&self, field: &str, bound: &Option<String>) -> anyhow::Result<String> {
        let Some(bound) = filled(bound) else {
            return Ok(String::new());
        };
        match bound.split_once(':') {
            Some(("channel", number)) => Ok(format!("channel:{}", self.channel(field, number)?)),
            Some(("queue", name)) => Ok(format!("queue:{}", self.queue(field, name)?)),
            _ => anyhow::bail!("{field}: write channel:PHONE_NUMBER_ID or queue:NAME, and not {bound:?}"),
        }
    }
}

fn of<I: Copy, T: Thing>(stored: &[(I, T)]) -> impl Iterator<Item = (String, I)> {
    stored.iter().map(|(id, thing)| (thing.key().to_owned(), *id))
}

fn to_come<I: Copy + FromStr, T: Thing>(things: &[T]) -> anyhow::Result<HashMap<String, I>> {
    let id = NO_ID.parse::<I>().ok().context("an id")?;
    Ok(things.iter().map(|thing| (thing.key().to_owned(), id)).collect())
}

fn known<I: Copy>(ids: &HashMap<String, I>, field: &str, key: &str) -> anyhow::Result<I> {
    let id = ids.get(key).copied();
    id.with_context(|| format!("{field}: there is no {key:?}"))
}

impl<W: Write> Run<'_, W> {
    /// The secret that a reference leads to; empty without one.
    pub(super) fn secret(&self, field: &str, at: &Option<Reference>) -> anyhow::Result<String> {
        let Some(at) = at else { return Ok(String::new()) };
        let secret = at.read(self.folder).with_context(|| field.to_owned())?;
        Ok(secret.expose_secret().to_owned())
    }

    pub(super) fn say<T: Thing>(
        &mut self,
        thing: &T,
        is_new: bool,
        changed: &[String],
    ) -> anyhow::Result<()> {
        let (kind, key) = (T::KIND, thing.key());
        match (is_new, changed) {
            (true, _) => writeln!(self.out, "+ {kind} {key}")?,
            (false, []) => writeln!(self.out, "= {kind} {key}")?,
            (false, _) => writeln!(self.out, "~ {kind} {key}: {}", changed.join(", "))?,
        }
        Ok(())
    }
}
