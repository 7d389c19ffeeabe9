//! What is in the `data` of events.

use crate::http::api::{channels, extensions::Extension, messages::Message, sessions::Session};
use domain::{
    ids::{ChannelId, ContactId, WebhookId},
    message::{Failure, Status},
    refs::ContactRef,
    session::SessionEvent,
    template::TemplateView,
    webhook::WhyOff,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A session as it is when the event is told, and the line of its timeline that tells what happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfTimeline)]
pub(super) struct OfTimeline {
    pub(super) session: Session,
    pub(super) line: SessionEvent,
}

/// A session as it is when the event is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfSession)]
pub(super) struct OfSession {
    pub(super) session: Session,
}

/// A message and its session as they are when the event is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfMessage)]
pub(super) struct OfMessage {
    pub(super) session: Session,
    pub(super) message: Message,
}

/// A message and its session as they are when the event is told, and the status that the message got then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfMessageStatus)]
pub(super) struct OfStatus {
    pub(super) session: Session,
    pub(super) message: Message,
    pub(super) status: Status,
    /// Why it failed.
    #[schema(required)]
    pub(super) error: Option<Failure>,
}

/// A contact, and one of its sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfContact)]
pub(super) struct OfContact {
    pub(super) contact: ContactRef,
    pub(super) session: Session,
}

/// A channel as it is when the event is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfChannel)]
pub(super) struct OfChannel {
    pub(super) channel: channels::Row,
}

/// A channel that is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfDeletedChannel)]
pub(super) struct OfDeletedChannel {
    pub(super) channel_id: ChannelId,
}

/// A contact that is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfDeletedContact)]
pub(super) struct OfDeletedContact {
    pub(super) contact_id: ContactId,
    /// The contact that it is a part of.
    #[schema(required)]
    pub(super) merged_into: Option<ContactId>,
}

/// A template of a messaging account, spelt as Meta spells it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfTemplate)]
pub(super) struct OfTemplate {
    pub(super) waba_id: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) status: String,
    #[schema(required)]
    pub(super) category: Option<String>,
    #[schema(required)]
    pub(super) quality: Option<String>,
    #[schema(required)]
    pub(super) rejected_reason: Option<String>,
}

impl OfTemplate {
    pub(super) fn new(waba_id: String, template: TemplateView) -> Self {
        Self {
            waba_id,
            id: template.id,
            name: template.name,
            language: template.language,
            status: template.status,
            category: template.category,
            quality: template.quality,
            rejected_reason: template.rejected_reason,
        }
    }
}

/// An extension as it is when the event is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfExtension)]
pub(super) struct OfExtension {
    pub(super) extension: Extension,
}

/// A webhook, and why it was switched off. Its address is not told: it may hold what only its receiver should know.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventOfWebhook)]
pub(super) struct OfWebhook {
    pub(super) id: WebhookId,
    pub(super) name: String,
    pub(super) why: WhyOff,
}
