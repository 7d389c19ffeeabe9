//! What a use case needs of whoever asks for it, and which role and which scope has it.

use super::role::{Role, Scope};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal)*) => {
        /// What a use case needs of whoever asks for it.
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
    /// Everybody's sessions, not only one's own and those of one's queues.
    SessionReadAll = "session.read_all"
    /// Answer the customer in a session that one has.
    SessionAnswer = "session.answer"
    /// Take what waits in one's own queues.
    SessionPickUp = "session.pick_up"
    /// Take what waits elsewhere.
    SessionPickUpAny = "session.pick_up_any"
    /// End a session that one has.
    SessionClose = "session.close"
    /// End a session that somebody else has.
    SessionCloseAny = "session.close_any"
    /// Give sessions to an extension or a queue, or take them from whoever has them.
    SessionTransfer = "session.transfer"
    /// The JSON of a message as Meta sent it.
    MessageReadPayload = "message.read_payload"
    /// Channels and what the doctor found last.
    ChannelRead = "channel.read"
    /// Set channels up, also at Meta, and examine them.
    ChannelChange = "channel.change"
    /// Who did what to a channel.
    AuditRead = "audit.read"
    /// Extensions and queues.
    DirectoryRead = "directory.read"
    /// Extensions, their log-ins, and queues.
    DirectoryChange = "directory.change"
    /// Users without an extension.
    UserChange = "user.change"
    CountryRead = "country.read"
    CountryChange = "country.change"
    DeadLetterRead = "dead_letter.read"
    /// Apply dead letters again, and delete them.
    DeadLetterChange = "dead_letter.change"
}

impl Role {
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            SessionAnswer, SessionClose, SessionCloseAny, SessionPickUp, SessionPickUpAny, SessionReadAll,
            SessionTransfer,
        };
        match self {
            Self::Operator => &[SessionAnswer, SessionPickUp, SessionClose],
            Self::Supervisor => &[
                SessionReadAll,
                SessionAnswer,
                SessionPickUp,
                SessionPickUpAny,
                SessionClose,
                SessionCloseAny,
                SessionTransfer,
            ],
            Self::Admin => Permission::ALL,
        }
    }
}

impl Scope {
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            ChannelRead, DirectoryRead, SessionAnswer, SessionClose, SessionCloseAny, SessionPickUp,
            SessionPickUpAny, SessionReadAll, SessionTransfer,
        };
        match self {
            Self::Read => &[SessionReadAll, ChannelRead, DirectoryRead],
            Self::Operate => &[
                SessionReadAll,
                SessionAnswer,
                SessionPickUp,
                SessionPickUpAny,
                SessionClose,
                SessionCloseAny,
                SessionTransfer,
                ChannelRead,
                DirectoryRead,
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
