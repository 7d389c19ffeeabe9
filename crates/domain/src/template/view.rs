//! Templates as lists and pickers show them.

use super::definition::{Definition, NotFillable};
use crate::{message::Failure, refs::ChannelRef, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

/// Meta's words for a template's state, as far as they are known. An unknown word is shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Approved,
    Pending,
    Rejected,
    /// For a while, because customers report or block its messages.
    Paused,
    Disabled,
    InAppeal,
    LimitExceeded,
    /// Unused; deleted after 28 days.
    Archived,
    PendingDeletion,
    Deleted,
    Locked,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateView {
    /// Meta's id.
    pub id: String,
    pub name: String,
    pub language: String,
    pub category: Option<String>,
    /// The category that Meta is going to give it.
    pub coming_category: Option<String>,
    /// When it does, if Meta has said so.
    pub category_changes_at: Option<Timestamp>,
    /// Meta's word.
    pub status: String,
    pub quality: Option<String>,
    pub rejected_reason: Option<String>,
    /// Meta's sentences on the reason.
    pub explanation: Option<String>,
    /// What Meta recommends to whoever edits it.
    pub recommendation: Option<String>,
    /// What it consists of, or why it cannot be filled in here.
    pub definition: Result<Definition, NotFillable>,
    pub parameter_format: Option<String>,
    pub synced_at: Timestamp,
    /// The components as Meta lists them; the console does not need them.
    #[serde(skip)]
    pub components: Value,
}

impl TemplateView {
    /// Whether a search finds it: by its name, language, category or text. `wanted` is in lower case.
    pub fn mentions(&self, wanted: &str) -> bool {
        let body = self
            .definition
            .as_ref()
            .map(|definition| definition.body.as_str());
        let category = self.category.as_deref().unwrap_or_default();
        [
            self.name.as_str(),
            self.language.as_str(),
            category,
            body.unwrap_or_default(),
        ]
        .iter()
        .any(|text| text.to_lowercase().contains(wanted))
    }

    /// Whether Meta sends it now.
    pub fn is_approved(&self) -> bool {
        self.status == Status::Approved.as_str()
    }
}

/// The templates of a channel's messaging account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub channel: ChannelRef,
    /// Whether operators may send templates on this channel.
    pub allowed: bool,
    /// The WhatsApp Business Account; `None`: the channel does not name it, so Meta cannot be asked.
    pub waba_id: Option<String>,
    /// When Meta last told all of them.
    pub synced_at: Option<Timestamp>,
    /// Why Meta could not be asked the last time.
    pub trouble: Option<Failure>,
    pub found: Found,
}

/// The templates that a search finds, by name and language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub templates: Vec<TemplateView>,
    /// How many more there are, which are not listed.
    pub more: usize,
}

impl Found {
    /// An account may have 6,000 templates: pages list so many.
    const LISTED: usize = 100;

    /// The first ones that mention what is wanted.
    #[must_use]
    pub fn search(self, wanted: &str) -> Self {
        let wanted = wanted.trim().to_lowercase();
        let mut templates = self.templates;
        templates.retain(|template| template.mentions(&wanted));
        let more = self.more + templates.len().saturating_sub(Self::LISTED);
        templates.truncate(Self::LISTED);
        Self { templates, more }
    }
}
