//! What can go wrong in a use case. Only a [`Refusal`] is meant for the one who asked.

use domain::refusal::Refusal;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    #[error("what is stored cannot be read: {0}")]
    Corrupt(String),
    #[error("not available now: {0}")]
    Unavailable(&'static str),
    #[error("{0}")]
    Setup(String),
}

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;
