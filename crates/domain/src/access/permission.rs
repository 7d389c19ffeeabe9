//! The permissions that use cases require, and which roles and scopes have them.

use super::role::{Role, Scope};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal)*) => {
        /// A permission that a use case requires of the actor.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

permissions! {
    /// All sessions, not only the actor's own and those of the actor's queues.
    SessionReadAll = "session.read_all"
    /// Answer the customer in a session that the actor owns.
    SessionAnswer = "session.answer"
    /// Pick up sessions that wait in the actor's own queues.
    SessionPickUp = "session.pick_up"
    /// Pick up sessions that wait anywhere else.
    SessionPickUpAny = "session.pick_up_any"
    /// Close a session that the actor owns.
    SessionClose = "session.close"
    /// Close a session that somebody else owns.
    SessionCloseAny = "session.close_any"
    /// Give sessions to an extension or a queue, or take them from their owner.
    SessionTransfer = "session.transfer"
    /// Customers' whole numbers, where they are masked.
    NumberRead = "number.read"
    /// Block a customer on a channel, and take that back.
    ContactBlock = "contact.block"
    /// Merge two contacts, and undo it.
    ContactMerge = "contact.merge"
    /// Save a customer as a ZIP: sessions, files, names, numbers and the note.
    ContactExport = "contact.export"
    /// Erase a customer: messages, files, names and numbers.
    ContactErase = "contact.erase"
    /// The JSON of a message as Meta sent it.
    MessageReadPayload = "message.read_payload"
    /// Channels and the doctor's latest findings.
    ChannelRead = "channel.read"
    /// Set up channels, including their settings at Meta, and run the doctor.
    ChannelChange = "channel.change"
    CannedReplyRead = "canned_reply.read"
    CannedReplyChange = "canned_reply.change"
    LabelRead = "label.read"
    /// Define labels; whoever answers may put them on sessions.
    LabelChange = "label.change"
    /// Who did what to a channel.
    AuditRead = "audit.read"
    /// Extensions and queues.
    DirectoryRead = "directory.read"
    /// Extensions, their log-ins, and queues.
    DirectoryChange = "directory.change"
    /// Everybody who can log in.
    UserRead = "user.read"
    /// Users: their passwords and log-ins, and those without an extension.
    UserChange = "user.change"
    /// API tokens: list, create, revoke.
    TokenChange = "token.change"
    /// Webhooks, what they answered, and what was given up.
    WebhookRead = "webhook.read"
    /// Create and change webhooks, switch them on and off, and replay events.
    WebhookChange = "webhook.change"
    CountryRead = "country.read"
    CountryChange = "country.change"
    DeadLetterRead = "dead_letter.read"
    /// What messages cost, the rates and the budget.
    CostRead = "cost.read"
    /// Replace the rates, and set the budget.
    CostChange = "cost.change"
    /// Apply dead letters again, and delete them.
    DeadLetterChange = "dead_letter.change"
}

impl Role {
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            CannedReplyChange, CannedReplyRead, ContactBlock, ContactMerge, LabelChange, LabelRead,
            NumberRead, SessionAnswer, SessionClose, SessionCloseAny, SessionPickUp, SessionPickUpAny,
            SessionReadAll, SessionTransfer,
        };
        match self {
            Self::Operator => &[
                SessionAnswer,
                SessionPickUp,
                SessionClose,
                CannedReplyRead,
                LabelRead,
            ],
            Self::Supervisor => &[
                SessionReadAll,
                NumberRead,
                SessionAnswer,
                SessionPickUp,
                SessionPickUpAny,
                SessionClose,
                SessionCloseAny,
                SessionTransfer,
                ContactBlock,
                ContactMerge,
                CannedReplyRead,
                CannedReplyChange,
                LabelRead,
                LabelChange,
            ],
            Self::Admin => Permission::ALL,
        }
    }
}

impl Scope {
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            CannedReplyRead, ChannelRead, ContactBlock, ContactMerge, CostRead, DirectoryRead, LabelRead,
            NumberRead, SessionAnswer, SessionClose, SessionCloseAny, SessionPickUp, SessionPickUpAny,
            SessionReadAll, SessionTransfer,
        };
        match self {
            Self::Read => &[
                SessionReadAll,
                NumberRead,
                ChannelRead,
                DirectoryRead,
                CostRead,
                CannedReplyRead,
                LabelRead,
            ],
            Self::Operate => &[
                SessionReadAll,
                NumberRead,
                SessionAnswer,
                SessionPickUp,
                SessionPickUpAny,
                SessionClose,
                SessionCloseAny,
                SessionTransfer,
                ContactBlock,
                ContactMerge,
                ChannelRead,
                DirectoryRead,
                CostRead,
                CannedReplyRead,
                LabelRead,
            ],
            Self::Administer => Permission::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_all(wide: &[Permission], narrow: &[Permission]) -> bool {
        narrow.iter().all(|permission| wide.contains(permission))
    }

    #[test]
    fn roles_and_scopes_widen() {
        let [admin, supervisor, operator] =
            [Role::Admin, Role::Supervisor, Role::Operator].map(Role::permissions);
        assert!(has_all(admin, supervisor) && has_all(supervisor, operator));
        assert!(!has_all(operator, supervisor) && !has_all(supervisor, admin));
        let [read, operate, administer] =
            [Scope::Read, Scope::Operate, Scope::Administer].map(Scope::permissions);
        assert!(has_all(administer, operate) && has_all(operate, read));
        assert!(!has_all(read, operate) && !has_all(operate, administer));
    }
}
