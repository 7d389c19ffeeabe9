//! Who makes a request, and whether they are allowed to.

use super::{
    bound::Bound,
    permission::Permission,
    role::{Role, Scope},
};
use crate::{
    ids::{TokenId, UserId},
    language::Language,
    refs::ExtensionRef,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// Who makes a request: an argument of every query, and part of every audit row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Actor {
    User(Me),
    Token {
        id: TokenId,
        name: String,
        scope: Scope,
        /// `None`: it reaches everything.
        bound: Option<Bound>,
    },
    /// The process itself: the command line, workers, the demo.
    System,
}

/// A person who is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: UserId,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub language: Option<Language>,
    pub extension: Option<ExtensionRef>,
}

impl Actor {
    pub fn may(&self, permission: Permission) -> bool {
        let has = match self {
            Self::System => Permission::ALL,
            Self::Token { scope, .. } => scope.permissions(),
            Self::User(me) => me.role.permissions(),
        };
        has.contains(&permission) && self.bound().is_none_or(|bound| bound.allows(permission))
    }

    /// The channel or the queue beyond which the actor reaches nothing.
    pub fn bound(&self) -> Option<Bound> {
        match self {
            Self::Token { bound, .. } => *bound,
            Self::User(_) | Self::System => None,
        }
    }

    /// Refuses a token that is bound to a channel or a queue: this is about the whole company.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    pub fn reaches_everything(&self) -> Result<(), Refusal> {
        match self.bound() {
            None => Ok(()),
            Some(_) => Err(Refusal::Forbidden),
        }
    }

    /// Refuses whoever lacks the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// The user who makes the request.
    ///
    /// # Errors
    /// It is no user.
    pub fn user(&self) -> Result<UserId, Refusal> {
        match self {
            Self::User(me) => Ok(me.id),
            Self::Token { .. } | Self::System => Err(Refusal::Forbidden),
        }
    }

    /// Whether this user makes the request.
    pub fn is(&self, user: UserId) -> bool {
        self.user() == Ok(user)
    }

    pub fn extension(&self) -> Option<&ExtensionRef> {
        match self {
            Self::User(me) => me.extension.as_ref(),
            Self::Token { .. } | Self::System => None,
        }
    }

    /// The extension that this user answers as.
    ///
    /// # Errors
    /// [`Refusal::NoExtension`].
    pub fn own_extension(&self) -> Result<&ExtensionRef, Refusal> {
        self.extension().ok_or(Refusal::NoExtension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ChannelId;

    #[test]
    fn a_token_that_only_reads_sees_every_session_and_answers_none() {
        assert!(Scope::Administer.includes(Scope::Read));
        assert!(!Scope::Read.includes(Scope::Operate));
        let reader = Actor::Token {
            id: TokenId::new(uuid::Uuid::nil()),
            name: "r".into(),
            scope: Scope::Read,
            bound: None,
        };
        assert!(!reader.may(Permission::SessionAnswer));
        assert!(reader.may(Permission::SessionReadAll));
    }

    #[test]
    fn a_bound_token_has_no_more_than_its_scope_and_does_not_see_every_session() {
        let token = |scope| Actor::Token {
            id: TokenId::new(uuid::Uuid::nil()),
            name: "b".into(),
            scope,
            bound: Some(Bound::Channel(ChannelId::new(uuid::Uuid::nil()))),
        };
        for scope in Scope::ALL {
            assert!(!token(*scope).may(Permission::SessionReadAll), "{scope:?}");
            assert!(!token(*scope).may(Permission::DirectoryRead), "{scope:?}");
            assert_eq!(token(*scope).reaches_everything(), Err(Refusal::Forbidden));
        }
        assert!(!token(Scope::Read).may(Permission::SessionAnswer));
        assert!(token(Scope::Operate).may(Permission::SessionAnswer));
        assert_eq!(Actor::System.reaches_everything(), Ok(()));
    }
}
