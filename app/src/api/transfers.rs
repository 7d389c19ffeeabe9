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
    session::{Bulk, BulkAction, Holder, HolderRow, SeenSession, SessionRow},
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
    /// What was done last, after a plain form post.
    pub bulk: Option<BulkAnswer>,
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
        bulk: last_bulk().await?,
    })
}

/// What was done with several sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAnswer {
    pub action: BulkAction,
    /// It was taken back.
    pub undone: bool,
    pub bulk: Bulk,
    /// The destination, as the form spelt it.
    pub to: String,
}

impl BulkAnswer {
    /// What can be taken back. Nothing goes back to nobody.
    pub fn undoable(&self) -> impl Iterator<Item = &SeenSession> {
        let goes_back =
            |seen: &&SeenSession| self.action == BulkAction::Close || seen.with != Some(Holder::Nobody);
        let done = (!self.undone).then_some(&self.bulk.done);
        done.into_iter().flatten().filter(goes_back)
    }
}

/// Transfers or closes several sessions, except those that are no longer where the caller saw them. Without a script
/// `back` is the page that follows.
///
/// # Errors
/// Not a supervisor, no session, or no destination.
#[server(prefix = "/rpc", endpoint = "transfers/all", protocol = Rpc)]
pub async fn act_on_all(
    #[server(default)] action: BulkAction,
    #[server(default)] sessions: Vec<SeenSession>,
    #[server(default)] to: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<BulkAnswer, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let destination = to.clone();
    let bulk = match action {
        BulkAction::Transfer => {
            let from = String::new();
            let form = TransferForm { from, to, reason };
            engine::sessions::transfer_all(&engine, &actor, &sessions, &form).await?
        }
        BulkAction::Close => engine::sessions::close_all(&engine, &actor, &sessions, &reason).await?,
    };
    let answer = BulkAnswer {
        action,
        undone: false,
        bulk,
        to: destination,
    };
    done(answer, &back).await
}

/// Takes back what [`act_on_all`] did with several sessions: each goes back to its holder. `to` is where they were moved.
///
/// # Errors
/// Not a supervisor, or no session.
#[server(prefix = "/rpc", endpoint = "transfers/undo", protocol = Rpc)]
pub async fn undo(
    #[server(default)] action: BulkAction,
    #[server(default)] sessions: Vec<SeenSession>,
    #[server(default)] to: String,
    #[server(default)] back: String,
) -> Result<BulkAnswer, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let bulk = match action {
        BulkAction::Transfer => engine::sessions::undo_transfer(&engine, &actor, &sessions, &to).await?,
        BulkAction::Close => engine::sessions::undo_close(&engine, &actor, &sessions).await?,
    };
    let answer = BulkAnswer {
        action,
        undone: true,
        bulk,
        to,
    };
    done(answer, &back).await
}

/// The outcome that a page is to show after a plain form post.
#[cfg(feature = "ssr")]
pub(super) async fn last_bulk() -> Result<Option<BulkAnswer>, ApiError> {
    flash::take(BULK).await
}

#[cfg(feature = "ssr")]
async fn done(answer: BulkAnswer, back: &str) -> Result<BulkAnswer, ApiError> {
    flash::leave(BULK, &answer).await?;
    plain_form::redirect(plain_form::local(back));
    Ok(answer)
}

#[cfg(feature = "ssr")]
const BULK: &str = "bulk action";
