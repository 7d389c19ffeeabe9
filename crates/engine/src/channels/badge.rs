//! The badge: derived from the database's records and from the doctor's latest findings.

use crate::{
    Result,
    credentials::secrets::Known,
    entity::{channel, channel_finding, stored},
};
use domain::{
    channel::{Badge, ChannelFacts, DestinationRef},
    doctor::{self, Check, Seen, State},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;

/// What the doctor found wrong, by channel.
#[derive(Debug, Default)]
pub(super) struct Wrong(HashMap<Uuid, Vec<channel_finding::Model>>);

impl Wrong {
    /// Reads the findings of these channels.
    pub(super) async fn read(
        db: &impl ConnectionTrait,
        channels: impl IntoIterator<Item = Uuid>,
    ) -> Result<Self> {
        use channel_finding::Column;
        let found = channel_finding::Entity::find()
            .filter(Column::ChannelId.is_in(channels))
            .filter(Column::State.eq(State::Bad.as_str()));
        let mut wrong: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in found.all(db).await? {
            wrong.entry(row.channel_id).or_default().push(row);
        }
        Ok(Self(wrong))
    }

    fn of(&self, channel: &channel::Model) -> Vec<(Check, Seen)> {
        let mut wrong: Vec<(Check, Seen)> = self
            .0
            .get(&channel.id)
            .into_iter()
            .flatten()
            // Meta has made a handshake since: an older finding may be outdated, and the doctor looks again soon.
            .filter(|found| found.at > channel.handshake_at.unwrap_or(0))
            .filter_map(|found| Some((found.name.parse().ok()?, serde_json::from_str(&found.seen).ok()?)))
            // For these two the database's records are fresher than the doctor's findings.
            .filter(|(check, _)| !matches!(check, Check::Destination | Check::Signature))
            .collect();
        wrong.sort_by_key(|(check, _)| *check);
        wrong
    }
}

/// The badge and, when something is wrong, what it is.
pub(super) fn badge(
    channel: &channel::Model,
    to: Option<&DestinationRef>,
    fallback: Option<&DestinationRef>,
    known: &Known,
    wrong: &Wrong,
) -> Result<(Badge, Vec<Check>)> {
    let wrong = wrong.of(channel);
    let mut degraded_by = doctor::degrading(&wrong);
    if to.is_some_and(|to| is_nobody(to, fallback)) {
        degraded_by.push(Check::Destination);
    }
    if channel.signature_failures >= doctor::SIGNATURES_WRONG_FROM {
        degraded_by.push(Check::Signature);
    }
    let badge = ChannelFacts {
        has_access_token: known.access_token.is_some(),
        has_app_secret: known.app_secret.is_some(),
        has_number: channel.phone_number_id.is_some(),
        has_destination: to.is_some(),
        webhook_seen: webhook_seen_at(channel).is_some(),
        token: stored(&channel.token_state)?,
        paused: channel.paused_at.is_some(),
        cut_off: wrong.iter().any(|(_, seen)| cuts_off(channel, seen)),
        degraded: !degraded_by.is_empty(),
    }
    .badge();
    if !matches!(badge, Badge::NotReceiving | Badge::Degraded) {
        degraded_by.clear();
    }
    Ok((badge, degraded_by))
}

/// A delivery proves the id under which it came.
fn cuts_off(channel: &channel::Model, seen: &Seen) -> bool {
    let disproved = *seen == Seen::NumberUnknown && channel.last_inbound_at.is_some();
    doctor::cuts_off(seen) && !disproved
}

/// New sessions go to the fallback only while the destination is disabled.
fn is_nobody(to: &DestinationRef, fallback: Option<&DestinationRef>) -> bool {
    match to.disabled {
        true => !fallback.is_some_and(DestinationRef::takes),
        false => to.empty,
    }
}

/// A handshake proves the address; a signed delivery for the number proves it as well, also when it came to another
/// channel of the same Meta app.
pub(super) fn webhook_seen_at(channel: &channel::Model) -> Option<Timestamp> {
    channel
        .handshake_at
        .max(channel.last_inbound_at)
        .map(Timestamp::from_millis)
}
