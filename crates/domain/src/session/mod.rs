//! Sessions: their states, how a new one is routed, and who may go on with one.

mod pages;
mod transfer;

pub use transfer::{Holder, HolderRow, MOVED_MOST, Moved, REASON_MOST, Transfer, TransferForm};

use crate::{
    access::{Actor, ExtensionRef, Permission},
    channel::Destination,
    directory::queue::PickUp,
    ids::{ChannelId, ContactId, ExtensionId, MessageId, QueueId, SessionId},
    message::{Direction, MessageView, Status},
    page::Page,
    refusal::Refusal,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The life of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In a queue, or with nobody: somebody should take it.
    Waiting,
    /// It has an owner, who alone goes on.
    Assigned,
    Closed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Assigned => "assigned",
            Self::Closed => "closed",
        }
    }

    pub fn from_stored(text: &str) -> Self {
        match text {
            "assigned" => Self::Assigned,
            "closed" => Self::Closed,
            _ => Self::Waiting,
        }
    }
}

/// A destination of a channel, as the routing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub destination: Destination,
    pub disabled: bool,
}

/// Where a new session goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Owner(ExtensionId),
    Queue(QueueId),
    /// Nothing that the channel names takes sessions: supervisors see it among the waiting.
    Nobody,
}

/// Routes a new session to the first target that takes it: the destination, then the fallback.
pub fn route(targets: impl IntoIterator<Item = Target>) -> Route {
    match targets.into_iter().find(|target| !target.disabled) {
        Some(Target {
            destination: Destination::Extension(id),
            ..
        }) => Route::Owner(id),
        Some(Target {
            destination: Destination::Queue(id),
            ..
        }) => Route::Queue(id),
        None => Route::Nobody,
    }
}

/// What decides who may go on with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub owner: Option<ExtensionRef>,
    pub queue: Option<QueueStanding>,
    /// It goes on in a WhatsApp group.
    pub group: bool,
}

/// The session's queue, as seen by the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueStanding {
    pub pick_up: PickUp,
    /// Whether the one who asks is a member.
    pub member: bool,
}

/// What a reply does besides being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyEffect {
    Nothing,
    /// The queue's pick-up mode makes the first reply take the session.
    PicksUp,
}

impl Standing {
    fn owned_by(&self, extension: &ExtensionRef) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.id == extension.id)
    }

    /// Whether the asker may take the session. Taking what is already one's own is allowed and changes nothing.
    ///
    /// # Errors
    /// Closed, taken, a queue without pick-up, not a member, or no permission.
    pub fn pick_up(&self, actor: &Actor, extension: &ExtensionRef) -> Result<(), Refusal> {
        actor.require(Permission::Answer)?;
        match (self.state, &self.owner) {
            (State::Closed, _) => Err(Refusal::SessionClosed),
            (_, Some(owner)) if owner.id == extension.id => Ok(()),
            (_, Some(owner)) => Err(Refusal::Taken {
                by: owner.name.clone(),
            }),
            (_, None) => match self.queue {
                Some(QueueStanding {
                    pick_up: PickUp::None,
                    ..
                }) => Err(Refusal::NoPickUp),
                Some(QueueStanding { member: true, .. }) => Ok(()),
                // A supervisor rescues what waits in vain; a script acts for the members.
                Some(_) if !matches!(actor, Actor::Person(_)) => Err(Refusal::Forbidden),
                Some(_) | None => actor.require(Permission::Supervise),
            },
        }
    }

    /// Whether the asker may answer the customer.
    ///
    /// # Errors
    /// Closed, somebody else's, or it has to be picked up first.
    pub fn reply(&self, actor: &Actor) -> Result<ReplyEffect, Refusal> {
        actor.require(Permission::Answer)?;
        if self.state == State::Closed {
            return Err(Refusal::SessionClosed);
        }
        // An answer would go to the one who wrote, in private, and not to those who read the question.
        if self.group {
            return Err(Refusal::InGroup);
        }
        self.answers(actor)
    }

    /// Whether the messages are the asker's to read: what others look at stays unread.
    pub fn reads(&self, actor: &Actor) -> bool {
        actor.may(Permission::Answer) && self.state != State::Closed && self.answers(actor).is_ok()
    }

    fn answers(&self, actor: &Actor) -> Result<ReplyEffect, Refusal> {
        if let Some(owner) = &self.owner {
            return match actor {
                // A script answers in the owner's name.
                Actor::Token { .. } | Actor::System => Ok(ReplyEffect::Nothing),
                Actor::Person(me) if me.extension.as_ref().is_some_and(|e| self.owned_by(e)) => {
                    Ok(ReplyEffect::Nothing)
                }
                Actor::Person(_) => Err(Refusal::NotYours {
                    owner: owner.name.clone(),
                }),
            };
        }
        self.has_extension(actor)?;
        let Some(queue) = self.queue else {
            return Err(Refusal::PickUpFirst);
        };
        match (queue.pick_up, actor) {
            (PickUp::None, Actor::Token { .. } | Actor::System) => Ok(ReplyEffect::Nothing),
            (PickUp::None, Actor::Person(_)) if queue.member => Ok(ReplyEffect::Nothing),
            (PickUp::Auto, Actor::Person(_)) if queue.member => Ok(ReplyEffect::PicksUp),
            _ => Err(Refusal::PickUpFirst),
        }
    }

    /// People without an extension can neither take a session nor answer in a queue's name; scripts need none.
    fn has_extension(&self, actor: &Actor) -> Result<(), Refusal> {
        match actor {
            Actor::Person(me) if me.extension.is_none() => Err(Refusal::NoExtension),
            _ => Ok(()),
        }
    }

    /// Whether the asker may end the session. A person picks up first what waits to be picked up: no customer is
    /// turned away by a click that meant another button.
    ///
    /// # Errors
    /// Closed already, or neither owner, nor supervisor, nor member of a queue without pick-up.
    pub fn close(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::Answer)?;
        if self.state == State::Closed {
            return Err(Refusal::SessionClosed);
        }
        let supervises = actor.may(Permission::Supervise);
        match (&self.owner, self.queue) {
            (Some(owner), _) if supervises || actor.extension().is_some_and(|own| own.id == owner.id) => {
                Ok(())
            }
            (Some(owner), _) => Err(Refusal::NotYours {
                owner: owner.name.clone(),
            }),
            (
                None,
                Some(QueueStanding {
                    pick_up: PickUp::None,
                    member,
                }),
            ) if supervises || member => Ok(()),
            (None, _) if supervises && !matches!(actor, Actor::Person(_)) => Ok(()),
            (None, _) => {
                self.has_extension(actor)?;
                Err(Refusal::PickUpFirst)
            }
        }
    }

    /// Whether the asker may give the session to somebody else, or take it from whoever has it.
    ///
    /// # Errors
    /// Closed, or not a supervisor.
    pub fn transfer(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::Supervise)?;
        match self.state {
            State::Closed => Err(Refusal::SessionClosed),
            State::Waiting | State::Assigned => Ok(()),
        }
    }

    /// All answers at once, for the buttons.
    pub fn may(&self, actor: &Actor) -> May {
        May {
            pick_up: actor
                .extension()
                .is_some_and(|e| !self.owned_by(e) && self.pick_up(actor, e).is_ok()),
            reply: self.reply(actor).err().map_or(Ok(()), Err),
            reads: self.reads(actor),
            close: self.close(actor).is_ok(),
            take_over: self.owner.is_some()
                && actor.extension().is_some_and(|e| !self.owned_by(e))
                && self.transfer(actor).is_ok(),
            transfer: self.transfer(actor).is_ok(),
        }
    }
}

/// What the one who looks may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct May {
    pub pick_up: bool,
    /// Why not, when not.
    pub reply: Result<(), Refusal>,
    /// What they look at is read.
    #[serde(default)]
    pub reads: bool,
    pub close: bool,
    /// From whoever has it.
    pub take_over: bool,
    pub transfer: bool,
}

/// Why nothing that is written now goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// Somebody paused the channel: messages wait.
    Paused,
    /// Meta refuses the channel's access token: messages fail.
    TokenRefused,
    /// The channel has no access token or no number, or is deleted: nothing can be sent.
    Incomplete,
}

/// A customer as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRef {
    pub id: ContactId,
    /// The profile name, else the number, else the username or the id.
    pub label: String,
    /// `+` and digits, when WhatsApp tells it.
    pub number: Option<String>,
    pub username: Option<String>,
}

/// A channel as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRef {
    pub id: ChannelId,
    pub name: String,
}

/// A queue as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRef {
    pub id: QueueId,
    pub name: String,
    pub pick_up: PickUp,
}

/// The newest message of a session in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub direction: Direction,
    pub kind: String,
    pub text: Option<String>,
    pub status: Option<Status>,
}

impl Preview {
    pub fn of(message: &MessageView) -> Self {
        Self {
            direction: message.direction,
            kind: message.shown_kind().to_owned(),
            text: message.text.clone(),
            status: message.status,
        }
    }
}

/// A row of the inbox, and of the API's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub state: State,
    pub contact: ContactRef,
    pub channel: ChannelRef,
    pub queue: Option<QueueRef>,
    pub owner: Option<ExtensionRef>,
    /// Customer's messages since somebody of ours last looked.
    pub unread: u32,
    pub last_message: Option<Preview>,
    pub last_message_at: Timestamp,
    pub window_closes_at: Option<Timestamp>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// When the customer wrote what nobody has answered yet.
    pub waiting_since: Option<Timestamp>,
    /// The customer writes in a WhatsApp group, where others read along.
    #[serde(default)]
    pub group: bool,
}

impl SessionRow {
    /// Who has it, or where it waits; of an open one.
    pub fn holder(&self) -> Holder {
        match (&self.owner, &self.queue) {
            (Some(owner), _) => Holder::Extension(owner.id),
            (None, Some(queue)) => Holder::Queue(queue.id),
            (None, None) => Holder::Nobody,
        }
    }
}

/// What has to be said of each session, because there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Several {
    pub channels: bool,
    pub queues: bool,
}

/// One page of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    #[serde(flatten)]
    pub rows: Page<SessionRow>,
    #[serde(default)]
    pub several: Several,
}

/// The tabs of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Open and mine.
    #[default]
    Mine,
    /// Open and nobody's, in my queues.
    Waiting,
    /// Everything that I may see, closed ones too.
    All,
}

impl Tab {
    pub const ALL: [Self; 3] = [Self::Mine, Self::Waiting, Self::All];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::All => "all",
        }
    }

    pub fn from_query(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == text)
    }
}

/// The numbers on the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InboxCounts {
    pub mine: u32,
    pub waiting: u32,
    /// Open sessions, mine or waiting for me, in which something is unread: the number in the window's title.
    pub unread: u32,
}

/// One session opened: its end, and as much above it as has been asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    pub session: SessionRow,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// The first of these is the first of the session.
    pub whole: bool,
    /// The contact's earlier sessions as far as they have been read, oldest first.
    pub earlier: Vec<Stretch>,
    /// Where reading goes on upwards; `None` at the very beginning.
    pub above: Option<String>,
    /// Newer messages follow that are not among these.
    pub cut: bool,
    /// Where the unread messages begin, which may be above the first of these.
    pub first_unread: Option<MessageId>,
    /// Messages above the first of these that one of these has changed: reacted to, edited, taken back.
    pub changed_above: Vec<MessageView>,
    /// Oldest first.
    pub timeline: Vec<Moment>,
    /// The contact's earlier sessions that the asker may see, the latest first; not more than the details list.
    pub past: Vec<EarlierSession>,
    pub may: May,
    pub blocked: Option<Blocked>,
}

/// An earlier session of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierSession {
    pub id: SessionId,
    pub channel: String,
    /// Who went on with it.
    pub owner: Option<String>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// It went on in a WhatsApp group, where others read along.
    #[serde(default)]
    pub group: bool,
}

/// Messages of one session that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub session: EarlierSession,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// The first of these is the first of the session.
    pub whole: bool,
    /// Oldest first.
    pub timeline: Vec<Moment>,
}

/// What stands above the part of a thread that was read before, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    pub stretches: Vec<Stretch>,
    pub above: Option<String>,
}

/// Something that happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub at: Timestamp,
    pub what: Happening,
    /// Who did it, or to whom it went.
    pub who: Option<String>,
    /// Who moved it to `who`.
    pub by: Option<String>,
    /// In the words of whoever moved it.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    Opened,
    RoutedToExtension,
    RoutedToQueue,
    RoutedToNobody,
    PickedUp,
    /// A supervisor took it from whoever had it.
    TakenOver,
    /// A supervisor gave it to an extension or a queue.
    Transferred,
    /// Its extension was disabled: it went back to its queue.
    BackInQueue,
    /// Its extension was disabled, and it had no queue: it waits where supervisors see it.
    LeftToNobody,
    Closed,
    /// Its customer turned out to be the same as another session's: the messages of both are in the earlier one.
    Joined,
}

impl Happening {
    const ALL: [Self; 11] = [
        Self::Opened,
        Self::RoutedToExtension,
        Self::RoutedToQueue,
        Self::RoutedToNobody,
        Self::PickedUp,
        Self::TakenOver,
        Self::Transferred,
        Self::BackInQueue,
        Self::LeftToNobody,
        Self::Closed,
        Self::Joined,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::RoutedToExtension => "routed_to_extension",
            Self::RoutedToQueue => "routed_to_queue",
            Self::RoutedToNobody => "routed_to_nobody",
            Self::PickedUp => "picked_up",
            Self::TakenOver => "taken_over",
            Self::Transferred => "transferred",
            Self::BackInQueue => "back_in_queue",
            Self::LeftToNobody => "left_to_nobody",
            Self::Closed => "closed",
            Self::Joined => "joined",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }
}

#[cfg(test)]
mod tests;
