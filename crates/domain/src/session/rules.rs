//! Who may act on a session.

use crate::{
    access::{Actor, Permission},
    pick_up_mode::PickUp,
    refs::ExtensionRef,
    refusal::Refusal,
    session::State,
};
use serde::{Deserialize, Serialize};

/// The facts that decide who may act on a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionAccess {
    pub state: State,
    pub owner: Option<ExtensionRef>,
    pub queue: Option<QueueAccess>,
    /// The session is in a WhatsApp group.
    pub group: bool,
}

/// The session's queue, as the actor sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAccess {
    pub pick_up: PickUp,
    /// Whether the actor is a member.
    pub member: bool,
}

/// The effect of a reply besides being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyEffect {
    Nothing,
    /// The queue's pick-up mode makes the first reply take the session.
    PicksUp,
    /// A template goes on with a closed session.
    Reopens,
}

impl SessionAccess {
    fn owned_by(&self, extension: &ExtensionRef) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.id == extension.id)
    }

    /// Whether the actor may take the session. Taking a session that the actor already owns is allowed and changes
    /// nothing.
    ///
    /// # Errors
    /// The session is closed or taken, its queue has no pick-up, or the actor is not a member or lacks the permission.
    pub fn pick_up(&self, actor: &Actor, extension: &ExtensionRef) -> Result<(), Refusal> {
        actor.require(Permission::SessionPickUp)?;
        match (self.state, &self.owner) {
            (State::Closed, _) => Err(Refusal::SessionClosed),
            (_, Some(owner)) if owner.id == extension.id => Ok(()),
            (_, Some(owner)) => Err(Refusal::Taken {
                by: owner.name.clone(),
            }),
            (_, None) => match self.queue {
                Some(QueueAccess {
                    pick_up: PickUp::None,
                    ..
                }) => Err(Refusal::NoPickUp),
                Some(QueueAccess { member: true, .. }) => Ok(()),
                // A supervisor may rescue sessions that wait too long; a script acts for the members.
                Some(_) if !matches!(actor, Actor::User(_)) => Err(Refusal::Forbidden),
                Some(_) | None => actor.require(Permission::SessionPickUpAny),
            },
        }
    }

    /// Whether the actor may answer the customer.
    ///
    /// # Errors
    /// The session is closed or somebody else's, or has to be picked up first.
    pub fn reply(&self, actor: &Actor) -> Result<ReplyEffect, Refusal> {
        actor.require(Permission::SessionAnswer)?;
        if self.state == State::Closed {
            return Err(Refusal::SessionClosed);
        }
        // An answer would go to the sender in private, and not to the group that read the question.
        if self.group {
            return Err(Refusal::InGroup);
        }
        self.answers(actor)
    }

    /// Whether the actor may send a template. It goes on with a closed session, too: a session without messages is closed
    /// at about the time at which its service window closes, and then only a template reaches the customer.
    ///
    /// # Errors
    /// Those of [`Self::reply`], except that a closed session is refused only to those who could not go on with it.
    pub fn send_template(&self, actor: &Actor) -> Result<ReplyEffect, Refusal> {
        if self.state != State::Closed {
            return self.reply(actor);
        }
        self.reopen(actor)?;
        Ok(ReplyEffect::Reopens)
    }

    /// Whether the actor may go on with a session that is closed.
    ///
    /// # Errors
    /// It is in a group or somebody else's, or nobody owned it and the actor is not in its queue.
    pub fn reopen(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::SessionAnswer)?;
        if self.group {
            return Err(Refusal::InGroup);
        }
        self.has_extension(actor)?;
        let supervises = actor.may(Permission::SessionTransfer);
        match (&self.owner, actor.extension()) {
            // Nothing that happens by itself reopens a session.
            _ if matches!(actor, Actor::System) => Err(Refusal::SessionClosed),
            (Some(owner), Some(own)) if owner.id != own.id && !supervises => Err(Refusal::NotYours {
                owner: owner.name.clone(),
            }),
            (None, Some(_)) if !supervises && !self.queue.is_some_and(|queue| queue.member) => {
                Err(Refusal::SessionClosed)
            }
            _ => Ok(()),
        }
    }

    /// Whether the actor's view marks the messages as read; the views of other users do not.
    pub fn reads(&self, actor: &Actor) -> bool {
        actor.may(Permission::SessionAnswer) && self.state != State::Closed && self.answers(actor).is_ok()
    }

    fn answers(&self, actor: &Actor) -> Result<ReplyEffect, Refusal> {
        if let Some(owner) = &self.owner {
            return match actor {
                // A script answers beside the owner.
                Actor::Token { .. } | Actor::System => Ok(ReplyEffect::Nothing),
                Actor::User(me) if me.extension.as_ref().is_some_and(|e| self.owned_by(e)) => {
                    Ok(ReplyEffect::Nothing)
                }
                Actor::User(_) => Err(Refusal::NotYours {
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
            (PickUp::None, Actor::User(_)) if queue.member => Ok(ReplyEffect::Nothing),
            (PickUp::Auto, Actor::User(_)) if queue.member => Ok(ReplyEffect::PicksUp),
            _ => Err(Refusal::PickUpFirst),
        }
    }

    /// People without an extension can neither take a session nor answer in a queue's name; scripts need none.
    fn has_extension(&self, actor: &Actor) -> Result<(), Refusal> {
        match actor {
            Actor::User(me) if me.extension.is_none() => Err(Refusal::NoExtension),
            _ => Ok(()),
        }
    }

    /// Whether the actor may close the session. A user has to pick up a waiting session first, so that a click on the
    /// wrong button turns no customer away.
    ///
    /// # Errors
    /// The session is closed already, or the actor is neither its owner, nor a supervisor, nor a member of a queue
    /// without pick-up.
    pub fn close(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::SessionClose)?;
        if self.state == State::Closed {
            return Err(Refusal::SessionClosed);
        }
        let supervises = actor.may(Permission::SessionCloseAny);
        match (&self.owner, self.queue) {
            (Some(owner), _) if supervises || actor.extension().is_some_and(|own| own.id == owner.id) => {
                Ok(())
            }
            (Some(owner), _) => Err(Refusal::NotYours {
                owner: owner.name.clone(),
            }),
            (
                None,
                Some(QueueAccess {
                    pick_up: PickUp::None,
                    member,
                }),
            ) if supervises || member => Ok(()),
            (None, _) if supervises && !matches!(actor, Actor::User(_)) => Ok(()),
            (None, _) => {
                self.has_extension(actor)?;
                Err(Refusal::PickUpFirst)
            }
        }
    }

    /// Whether the actor may give the session to somebody else, or take it from its owner.
    ///
    /// # Errors
    /// The session is closed, or the actor is not a supervisor.
    pub fn transfer(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::SessionTransfer)?;
        match self.state {
            State::Closed => Err(Refusal::SessionClosed),
            State::Waiting | State::Assigned => Ok(()),
        }
    }

    /// Whether the actor may put the session off, or bring it back: its owner, or a script for them. One without an owner is
    /// not put off, because it would wait where nobody looks.
    ///
    /// # Errors
    /// The session is closed or somebody else's, or has to be picked up first.
    pub fn snooze(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.require(Permission::SessionAnswer)?;
        match &self.owner {
            _ if self.state == State::Closed => Err(Refusal::SessionClosed),
            Some(_) if !matches!(actor, Actor::User(_)) => Ok(()),
            Some(owner) if actor.extension().is_some_and(|own| own.id == owner.id) => Ok(()),
            Some(owner) => Err(Refusal::NotYours {
                owner: owner.name.clone(),
            }),
            None => Err(Refusal::PickUpFirst),
        }
    }

    /// All permissions at once, for the buttons.
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
            reopen: self.state == State::Closed && self.reopen(actor).is_ok(),
            snooze: self.snooze(actor).is_ok(),
            saves: actor.may(Permission::SessionTransfer),
            block: actor.may(Permission::ContactBlock),
            erase: actor.may(Permission::ContactErase),
            // The channel decides.
            shows_typing: false,
        }
    }
}

/// What the actor may do with the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct May {
    pub pick_up: bool,
    /// The reason if not.
    pub reply: Result<(), Refusal>,
    /// Viewing the messages marks them as read.
    #[serde(default)]
    pub reads: bool,
    pub close: bool,
    /// Take the session from its owner.
    pub take_over: bool,
    pub transfer: bool,
    /// Open a closed session again, within its service window.
    #[serde(default)]
    pub reopen: bool,
    /// Put the session off, or bring it back.
    #[serde(default)]
    pub snooze: bool,
    /// Save the conversation as a file.
    #[serde(default)]
    pub saves: bool,
    /// Block the customer, or take that back.
    #[serde(default)]
    pub block: bool,
    /// Erase the customer.
    #[serde(default)]
    pub erase: bool,
    /// The customer sees when the actor types.
    #[serde(default)]
    pub shows_typing: bool,
}
