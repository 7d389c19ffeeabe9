//! Makes events of what the engine tells.

use super::{
    data::{
        OfChannel, OfContact, OfDeletedChannel, OfDeletedContact, OfExtension, OfMessage, OfSession,
        OfStatus, OfTemplate, OfTimeline, OfWebhook,
    },
    together::Said,
    types::{ApiEvent, Event},
};
use crate::http::api::time;
use domain::{
    access::Actor,
    channel::ChannelRow,
    directory::ExtensionRow,
    event::Change,
    ids::{ChannelId, ExtensionId, LineId, MessageId, SessionId, WebhookId},
    message::Status,
    session::{SessionEvent, SessionEventKind, SessionRow},
    template::TemplateView,
};
use engine::{
    Engine, channels,
    directory::extensions,
    events::{Deed, feed::Happening},
    sessions::{self, Told},
    templates,
    webhooks::{self, Wording},
};
use futures::future::BoxFuture;
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};

/// The events, without those about what the actor does not see any more.
pub(super) async fn events(
    engine: &Engine,
    actor: &Actor,
    happenings: Vec<Happening>,
) -> engine::Result<Vec<Event>> {
    let known = Known::read(engine, actor, &happenings).await?;
    Ok(happenings.iter().filter_map(|one| known.event(one)).collect())
}

/// The same events for streams.
pub(super) fn said<'a>(
    engine: &'a Engine,
    actor: &'a Actor,
    happenings: &'a [Happening],
) -> BoxFuture<'a, engine::Result<Vec<Arc<Said>>>> {
    Box::pin(async move {
        let known = Known::read(engine, actor, happenings).await?;
        let said = happenings.iter().filter_map(|one| {
            let data = serde_json::to_string(&known.event(one)?).ok()?;
            let place = one.place;
            Some(Arc::new(Said { place, data }))
        });
        Ok(said.collect())
    })
}

/// The same events for webhooks, with what these choose by.
pub(super) async fn wordings(engine: &Engine, happenings: &[Happening]) -> engine::Result<Vec<Wording>> {
    let known = Known::read(engine, &Actor::System, happenings).await?;
    Ok(happenings.iter().filter_map(|one| known.wording(one)).collect())
}

/// The type of an event that was written.
#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
}

/// What the events are about.
#[derive(Debug, Default)]
struct Known {
    told: Told,
    channels: HashMap<ChannelId, ChannelRow>,
    extensions: HashMap<ExtensionId, ExtensionRow>,
    /// By account and id.
    templates: HashMap<(String, String), TemplateView>,
    webhooks: HashMap<WebhookId, String>,
}

impl Known {
    async fn read(engine: &Engine, actor: &Actor, happenings: &[Happening]) -> engine::Result<Self> {
        let mut known = Self {
            told: sessions::told(engine, actor, happenings).await?,
            ..Self::default()
        };
        let deeds = || happenings.iter().filter_map(|one| one.deed.as_ref());
        if deeds().any(|deed| matches!(deed, Deed::Channel)) {
            let rows = channels::list(engine, actor).await?.into_iter();
            known.channels = rows.map(|row| (row.id, row)).collect();
        }
        if deeds().any(|deed| matches!(deed, Deed::Availability(_))) {
            let rows = extensions::list(engine, actor).await?.into_iter();
            known.extensions = rows.map(|row| (row.id, row)).collect();
        }
        let changed: Vec<_> = deeds().filter_map(template_of).collect();
        known.templates = templates::those(engine, actor, &changed).await?;
        let off: Vec<WebhookId> = happenings.iter().filter_map(switched_off).collect();
        known.webhooks = webhooks::names(engine, actor, &off).await?;
        Ok(known)
    }

    fn event(&self, one: &Happening) -> Option<Event> {
        Some(Event {
            id: one.place.to_string(),
            timestamp: time(one.at),
            what: self.what(one)?,
        })
    }

    fn wording(&self, one: &Happening) -> Option<Wording> {
        let body = serde_json::to_vec(&self.event(one)?).ok()?;
        let Typed { kind } = serde_json::from_slice(&body).ok()?;
        let session = self.session_of(one);
        let channel = match one.change {
            Change::Channel { channel } => Some(channel),
            _ => session.map(|session| session.channel.id),
        };
        Some(Wording {
            place: one.place,
            at: one.at,
            kind,
            session: session.map(|session| session.id),
            channel,
            queue: session.and_then(|session| Some(session.queue.as_ref()?.id)),
            body: body.into(),
        })
    }

    /// The session that has it now: two may have become one.
    fn session_of(&self, one: &Happening) -> Option<&SessionRow> {
        let moved = match one.change {
            Change::Message { message, .. } => self.told.messages.get(&message).map(|(session, _)| *session),
            _ => None,
        };
        self.told.sessions.get(&moved.or(one.change.session())?)
    }

    /// `None`: scripts are not told, or what it is about is gone.
    fn what(&self, one: &Happening) -> Option<ApiEvent> {
        let session = || self.session(one.change.session()?);
        Some(match (&one.deed, &one.change) {
            (Some(Deed::Line(line)), _) => self.of_line(session()?, *line)?,
            (Some(Deed::Labelled), _) => ApiEvent::SessionLabelled(OfSession {
                session: session()?.into(),
            }),
            (Some(Deed::Contact), _) => {
                let session = session()?;
                ApiEvent::ContactChanged(OfContact {
                    contact: session.contact.clone(),
                    session: session.into(),
                })
            }
            (Some(Deed::Sent), Change::Message { message, .. }) => {
                ApiEvent::MessageSent(self.message(*message)?)
            }
            (Some(Deed::Status(status)), Change::Message { message, .. }) => {
                self.of_status(*message, *status)?
            }
            (None, Change::Message { message, .. }) => ApiEvent::MessageReceived(self.message(*message)?),
            (Some(Deed::ContactDeleted { contact, merged_into }), _) => {
                ApiEvent::ContactDeleted(OfDeletedContact {
                    contact_id: *contact,
                    merged_into: *merged_into,
                })
            }
            (Some(Deed::Channel), Change::Channel { channel }) => ApiEvent::ChannelChanged(OfChannel {
                channel: self.channels.get(channel)?.clone().into(),
            }),
            (Some(Deed::ChannelDeleted), Change::Channel { channel }) => {
                ApiEvent::ChannelDeleted(OfDeletedChannel { channel_id: *channel })
            }
            (Some(Deed::Template { waba_id, id }), _) => {
                let found = self.templates.get(&(waba_id.clone(), id.clone()))?;
                ApiEvent::TemplateChanged(OfTemplate::new(waba_id.clone(), found.clone()))
            }
            (Some(Deed::Availability(extension)), _) => ApiEvent::ExtensionAvailabilityChanged(OfExtension {
                extension: self.extensions.get(extension)?.clone().into(),
            }),
            (Some(Deed::WebhookOff(why)), Change::Webhook { webhook }) => {
                ApiEvent::WebhookSwitchedOff(OfWebhook {
                    id: *webhook,
                    name: self.webhooks.get(webhook)?.clone(),
                    why: *why,
                })
            }
            (
                Some(
                    Deed::Sent
                    | Deed::Status(_)
                    | Deed::Channel
                    | Deed::ChannelDeleted
                    | Deed::WebhookOff(_)
                    | Deed::Unknown,
                )
                | None,
                _,
            ) => return None,
        })
    }

    fn session(&self, id: SessionId) -> Option<SessionRow> {
        self.told.sessions.get(&id).cloned()
    }

    fn message(&self, id: MessageId) -> Option<OfMessage> {
        let (session, message) = self.told.messages.get(&id)?;
        Some(OfMessage {
            session: self.session(*session)?.into(),
            message: message.clone().into(),
        })
    }

    fn of_status(&self, id: MessageId, status: Status) -> Option<ApiEvent> {
        let (_, view) = self.told.messages.get(&id)?;
        let error = view.failure.clone().filter(|_| status.may_be_retried());
        let OfMessage { session, message } = self.message(id)?;
        let of_status = OfStatus {
            session,
            message,
            status,
            error,
        };
        Some(match status.may_be_retried() {
            true => ApiEvent::MessageFailed(of_status),
            false => ApiEvent::MessageStatusChanged(of_status),
        })
    }

    fn of_line(&self, session: SessionRow, line: LineId) -> Option<ApiEvent> {
        let line = self.told.lines.get(&line)?.clone();
        let tell = teller(&line)?;
        Some(tell(OfTimeline {
            session: session.into(),
            line,
        }))
    }
}

/// The account and the id of the template that has changed.
fn template_of(deed: &Deed) -> Option<(&str, &str)> {
    match deed {
        Deed::Template { waba_id, id } => Some((waba_id, id)),
        _ => None,
    }
}

/// The webhook that was switched off then.
fn switched_off(one: &Happening) -> Option<WebhookId> {
    match (&one.deed, &one.change) {
        (Some(Deed::WebhookOff(_)), Change::Webhook { webhook }) => Some(*webhook),
        _ => None,
    }
}

/// The event that tells of a line of the timeline.
fn teller(line: &SessionEvent) -> Option<fn(OfTimeline) -> ApiEvent> {
    use SessionEventKind as Kind;
    Some(match line.what {
        Kind::Opened => ApiEvent::SessionOpened,
        Kind::RoutedToExtension
        | Kind::RoutedToQueue
        | Kind::RoutedToNobody
        | Kind::Given
        | Kind::BackInQueue
        | Kind::LeftToNobody => ApiEvent::SessionRouted,
        Kind::PickedUp => ApiEvent::SessionPickedUp,
        Kind::TakenOver | Kind::Transferred => ApiEvent::SessionTransferred,
        Kind::Closed | Kind::ClosedIdle => ApiEvent::SessionClosed,
        Kind::Reopened => ApiEvent::SessionReopened,
        Kind::Joined => ApiEvent::SessionJoined,
        Kind::Blocked => ApiEvent::ContactBlocked,
        Kind::Unblocked => ApiEvent::ContactUnblocked,
        Kind::Snoozed => ApiEvent::SessionSnoozed,
        Kind::Woken => ApiEvent::SessionWoken,
        Kind::Noted => ApiEvent::NoteWritten,
        // The change of the contact is told by itself.
        Kind::ContactMerged | Kind::ContactSeparated => return None,
    })
}
