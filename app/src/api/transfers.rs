//! Open sessions by holder, and moving them: for supervisors.

use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    channel::Destinations,
    ids::SessionId,
    page::Page,
    session::{Holder, HolderRow, Moved, SessionRow},
};
#[cfg(feature = "ssr")]
use domain::{page::PageRequest, session::TransferForm};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The extensions and queues to which a session can be moved.
///
/// # Errors
/// Not a supervisor.
#[server(prefix = "/rpc", endpoint = "transfers/targets", protocol = Rpc)]
pub async fn targets() -> Result<Destinations, ApiError> {
    let actor = actor().await?;
    Ok(engine::sessions::targets(&engine()?, &actor).await?)
}

/// Takes a session over from its holder. `from` is the [`Holder`] that the caller saw.
///
/// # Errors
/// Somebody else was quicker, or another rule forbids it.
#[server(prefix = "/rpc", endpoint = "transfers/take-over", protocol = Rpc)]
pub async fn take_over(
    session: SessionId,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::sessions::take_over(&engine()?, &actor, session, from, reason).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=mine"));
    Ok(())
}

/// Gives a session to an extension or a queue.
///
/// # Errors
/// Somebody else was quicker, or another rule forbids it.
#[server(prefix = "/rpc", endpoint = "transfers/transfer", protocol = Rpc)]
pub async fn transfer(
    session: SessionId,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    let form = TransferForm { from, to, reason };
    engine::sessions::transfer(&engine()?, &actor, session, &form).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Who has open sessions and where some wait, and the sessions of one holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsPage {
    pub holders: Vec<HolderRow>,
    pub shown: Option<Shown>,
    /// The outcome of the last move, after a plain form post.
    pub moved: Option<Moved>,
}

/// The open sessions of one holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub holder: Holder,
    pub sessions: Page<SessionRow>,
    pub targets: Destinations,
}

/// The page of open sessions; `of` is a [`Holder`], or nothing.
///
/// # Errors
/// Not a supervisor.
#[server(name = ReadSessions, prefix = "/rpc", endpoint = "transfers/sessions", protocol = Rpc)]
pub async fn sessions(#[server(default)] of: String) -> Result<SessionsPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let shown = match of.parse() {
        Ok(holder) => {
            let page = PageRequest {
                limit: Some(domain::page::MAX_PAGE),
                cursor: None,
            };
            Some(Shown {
                holder,
                sessions: engine::sessions::held_by(&engine, &actor, holder, &page).await?,
                targets: engine::sessions::targets(&engine, &actor).await?,
            })
        }
        Err(_) => None,
    };
    Ok(SessionsPage {
        holders: engine::sessions::holders(&engine, &actor).await?,
        shown,
        moved: flash::take(MOVED).await?,
    })
}

/// Moves several sessions, except those that are no longer where the caller saw them.
///
/// # Errors
/// Not a supervisor, no session, or no destination.
#[server(prefix = "/rpc", endpoint = "transfers/transfer-all", protocol = Rpc)]
pub async fn transfer_all(
    #[server(default)] sessions: Vec<SessionId>,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] reason: String,
) -> Result<Moved, ApiError> {
    let actor = actor().await?;
    // Parsed and formatted again: raw input must not go into a header.
    let of = from.trim().parse::<Holder>().map(|holder| holder.to_string());
    let address = format!("/sessions?of={}", of.unwrap_or_default());
    let form = TransferForm { from, to, reason };
    let moved = engine::sessions::transfer_all(&engine()?, &actor, &sessions, &form).await?;
    flash::leave(MOVED, &moved).await?;
    plain_form::redirect(&address);
    Ok(moved)
}

#[cfg(feature = "ssr")]
const MOVED: &str = "moved sessions";
