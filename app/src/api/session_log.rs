//! The session log.

#[cfg(feature = "ssr")]
use super::guard::{actor, engine};
use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use crate::ui::zone;
#[cfg(feature = "ssr")]
use domain::refusal::Refusal;
use domain::{
    page::Page,
    session::{LogChoices, LogForm, SessionRow},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    pub sessions: Page<SessionRow>,
    pub choices: LogChoices,
}

/// One page of the session log, the latest message first. Days are those of the caller's time zone.
///
/// # Errors
/// Not a supervisor, a filter that cannot be read, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "session-log/list", protocol = Rpc)]
pub async fn session_log(
    #[server(default)] form: LogForm,
    #[server(default)] cursor: Option<String>,
) -> Result<LogPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let choices = engine::sessions::log_choices(&engine, &actor).await?;
    let zone = zone::requested_zone();
    let filter = form.check(|day| zone::begins(zone.as_ref(), day));
    let filter = filter.map_err(|invalid| ApiError::Refused(Refusal::from(invalid)).sent())?;
    let page = domain::page::PageRequest { cursor, limit: None };
    Ok(LogPage {
        sessions: engine::sessions::log(&engine, &actor, &filter, &page).await?,
        choices,
    })
}
