//! Items from Meta that could not be applied.

use crate::{
    form::{Problem, unknown},
    ids::{ChannelId, DeadLetterId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Why an item of a delivery was not applied.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DeadLetterReason))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum DeadReason {
    /// The body had a good signature but is not a WhatsApp notification.
    UnreadableBody,
    /// The item lacks a field that every item of its kind has, such as an id.
    UnreadableItem,
    /// No channel has this phone-number id.
    UnknownNumber,
    /// A channel has this id, but the app secret that signed the delivery is not that channel's.
    ForeignSecret,
    /// Applying the item failed several times.
    Failed,
    /// The item is about a message that is not stored, such as a reaction to one from before the channel was connected.
    NoMessage,
    /// A kind of update that this version does not use.
    NotUsed,
}

impl DeadReason {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The stored words of the reasons that are faults.
    pub fn faults() -> impl Iterator<Item = &'static str> {
        let faults = Self::ALL.iter().copied().filter(|reason| reason.is_fault());
        faults.map(Self::as_str)
    }

    /// Whether the reason is a fault that somebody should look at.
    pub fn is_fault(self) -> bool {
        !matches!(self, Self::NoMessage | Self::NotUsed)
    }

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// An item that could not be applied. Its JSON may be megabytes long and is read separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub id: DeadLetterId,
    pub at: Timestamp,
    pub reason: DeadReason,
    pub detail: Option<String>,
    pub phone_number_id: Option<String>,
    /// The channel whose webhook address received the delivery.
    pub arrived_at: Option<String>,
}

/// A dead letter with its JSON as Meta sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDeadLetter {
    pub dead_letter: DeadLetter,
    pub raw: String,
}

/// How far back the list goes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DeadLetterAge))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    Hour,
    Day,
    Week,
}

impl Within {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    pub fn duration(self) -> Duration {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
        };
        Duration::from_secs(hours * 60 * 60)
    }
}

/// Which dead letters to list; a field that is `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct Filter {
    /// Why it could not be applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DeadReason>,
    /// The channel whose webhook received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Meta's id of the number that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// How old it is at the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

impl Filter {
    /// Reads the filter from a query string; unknown values are ignored.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).map(|text| text.trim().to_owned());
        Self {
            reason: text("reason").and_then(|text| text.parse().ok()),
            channel: text("channel").and_then(|text| text.parse().ok()),
            phone_number_id: text("phone_number_id").filter(|text| !text.is_empty()),
            within: text("within").and_then(|text| text.parse().ok()),
        }
    }

    /// The pairs that [`Filter::read`] reads.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("reason", self.reason.map(|reason| reason.as_str().to_owned())),
            ("channel", self.channel.map(|id| id.to_string())),
            ("phone_number_id", self.phone_number_id.clone()),
            ("within", self.within.map(|within| within.as_str().to_owned())),
        ];
        pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }
}

/// Deliveries that are stored but not applied yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub deliveries: u64,
    /// When the oldest one arrived.
    pub since: Option<Timestamp>,
}

/// The result of applying dead letters again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Dead letters that were deleted, because their content is applied.
    pub applied: u64,
    /// Dead letters that remain, by their new reason.
    pub kept: Vec<(DeadReason, u64)>,
    /// Dead letters without a stored payload that could be applied again.
    pub lost: u64,
    /// The last one that was tried: continue after it. `None`: all were tried.
    pub next: Option<DeadLetterId>,
    /// Dead letters that have not been tried yet.
    pub left: u64,
}

impl Replayed {
    /// Counts one more dead letter that remains.
    pub fn keep(&mut self, reason: DeadReason) {
        match self.kept.iter_mut().find(|(of, _)| *of == reason) {
            Some((_, count)) => *count += 1,
            None => self.kept.push((reason, 1)),
        }
    }

    /// Adds up this result and the earlier ones.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        self.applied += before.applied;
        self.lost += before.lost;
        for (reason, more) in &before.kept {
            match self.kept.iter_mut().find(|(of, _)| of == reason) {
                Some((_, count)) => *count += more,
                None => self.kept.push((*reason, *more)),
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_letters_are_meant() {
        let filter = Filter {
            reason: Some(DeadReason::UnknownNumber),
            channel: Some("00000000-0000-0000-0000-000000000001".parse().unwrap()),
            phone_number_id: Some("1066".to_owned()),
            within: Some(Within::Day),
        };
        let pairs = filter.pairs();
        let get = |key: &str| {
            pairs
                .iter()
                .find(|(of, _)| *of == key)
                .map(|(_, value)| value.clone())
        };
        assert_eq!(Filter::read(get), filter);
        assert_eq!(Filter::read(|_| Some(String::new())), Filter::default());
        assert_eq!(Filter::read(|_| Some("<b>".to_owned())).reason, None);
    }

    #[test]
    fn batches_add_up() {
        let mut first = Replayed {
            applied: 2,
            ..Replayed::default()
        };
        first.keep(DeadReason::UnknownNumber);
        let mut second = Replayed {
            applied: 1,
            left: 4,
            ..Replayed::default()
        };
        second.keep(DeadReason::UnknownNumber);
        second.keep(DeadReason::Failed);
        let both = second.after(&first);
        assert_eq!((both.applied, both.left), (3, 4));
        assert_eq!(
            both.kept,
            [(DeadReason::UnknownNumber, 2), (DeadReason::Failed, 1)]
        );
    }
}
