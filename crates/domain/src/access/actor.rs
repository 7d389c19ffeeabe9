//! Who asks for something, and whether they may.

use crate::{
    access::{Permission, Role, Scope},
    ids::{TokenId, UserId},
    language::Language,
    refs::ExtensionRef,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// Who asks for something: the start of every query and of every audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    User(Me),
    Token {
        id: TokenId,
        name: String,
        scope: Scope,
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
        match self {
            Self::System => true,
            Self::Token { scope, .. } => match permission {
                Permission::Answer | Permission::Supervise => scope.includes(Scope::Operate),
                Permission::Administer => scope.includes(Scope::Administer),
            },
            Self::User(me) => match permission {
                Permission::Answer => true,
                Permission::Supervise => matches!(me.role, Role::Admin | Role::Supervisor),
                Permission::Administer => me.role == Role::Admin,
            },
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

    /// Whether every session is visible, not only one's own and those of one's queues.
    pub fn sees_everything(&self) -> bool {
        match self {
            Self::System | Self::Token { .. } => true,
            Self::User(_) => self.may(Permission::Supervise),
        }
    }

    pub fn extension(&self) -> Option<&ExtensionRef> {
        match self {
            Self::User(me) => me.extension.as_ref(),
            Self::Token { .. } | Self::System => None,
        }
    }

    /// The extension that a person answers as.
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

    #[test]
    fn scopes_widen() {
        assert!(Scope::Administer.includes(Scope::Read));
        assert!(!Scope::Read.includes(Scope::Operate));
        let reader = Actor::Token {
            id: TokenId::new(uuid::Uuid::nil()),
            name: "r".into(),
            scope: Scope::Read,
        };
        assert!(!reader.may(Permission::Answer));
        assert!(reader.sees_everything());
    }
}
