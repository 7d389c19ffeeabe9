//! The session log.

#[cfg(feature = "ssr")]
use super::guard::{actor, engine};
#[cfg(feature = "ssr")]
use super::transfers::last_bulk;
use super::{error::ApiError, rpc::Rpc, transfers::BulkAnswer};
#[cfg(feature = "ssr")]
use crate::ui::zone;
#[cfg(feature = "ssr")]
use domain::session::State;
use domain::{
    channel::Destinations,
    page::Page,
    refusal::Refusal,
    session::{LogChoices, LogForm, SessionRow},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// Or which filter cannot be read.
    pub sessions: Result<Page<SessionRow>, Refusal>,
    pub choices: LogChoices,
    /// Where open sessions can be moved; empty where none is open.
    pub targets: Destinations,
    /// What was done last, after a plain form post.
    pub bulk: Option<BulkAnswer>,
}

/// One page of the session log, the latest message first. Days are those of the caller's time zone.
///
/// # Errors
/// Not a supervisor, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "session-log/list", protocol = Rpc)]
pub async fn session_log(
    #[server(default)] form: LogForm,
    #[server(default)] cursor: Option<String>,
) -> Result<LogPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let choices = engine::sessions::log_choices(&engine, &actor).await?;
    let zone = zone::requested_zone();
    let filter = form.check(|day| zone::begins(zone.as_ref(), day));
    let page = domain::page::PageRequest { cursor, limit: None };
    let sessions = match filter {
        Ok(filter) => Ok(engine::sessions::log(&engine, &actor, &filter, &page).await?),
        Err(invalid) => Err(invalid.into()),
    };
    let any_open = sessions
        .as_ref()
        .is_ok_and(|page| page.items.iter().any(|row| row.state != State::Closed));
    Ok(LogPage {
        sessions,
        choices,
        targets: match any_open {
            true => engine::sessions::targets(&engine, &actor).await?,
            false => Destinations::default(),
        },
        bulk: last_bulk().await?,
    })
}
