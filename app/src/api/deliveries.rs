//! What came from Meta and could not be applied.

use super::error::ApiError;
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    dead_letter::{DeadLetter, DeadReason, Filter, OpenDeadLetter, Replayed, Waiting},
    ids::DeadLetterId,
    page::Page,
    refs::ChannelRef,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Characters of a letter's JSON that a page shows; the API has the rest.
#[cfg(feature = "ssr")]
const MAX_RAW: usize = 100_000;

/// System › Deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    pub waiting: Waiting,
    /// Of each reason, whichever is chosen.
    pub counts: Vec<(DeadReason, u64)>,
    pub dead_letters: Page<DeadLetter>,
    /// What became of the form that led here, when no script showed it.
    pub replayed: Option<Replayed>,
}

/// One letter, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterPage {
    pub open: OpenDeadLetter,
    /// The JSON goes on.
    pub cut: bool,
    pub replayed: Option<Replayed>,
}

/// The letters that match, newest first.
#[server(name = ReadDeliveries, prefix = "/rpc", endpoint = "deliveries/list")]
pub async fn deliveries(
    #[server(default)] filter: Filter,
    #[server(default)] cursor: Option<String>,
) -> Result<Deliveries, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let page = domain::page::PageRequest { limit: None, cursor };
    Ok(Deliveries {
        waiting: engine::inbound::dead_letters::waiting(&engine, &actor).await?,
        counts: engine::inbound::dead_letters::count_by_reason(&engine, &actor, &filter).await?,
        dead_letters: engine::inbound::dead_letters::list(&engine, &actor, &filter, &page).await?,
        replayed: flash::take(REPLAYED).await?,
    })
}

/// The channels at which letters can arrive, for the filter.
#[server(prefix = "/rpc", endpoint = "deliveries/channels")]
pub async fn dead_letter_channels() -> Result<Vec<ChannelRef>, ApiError> {
    let actor = actor().await?;
    Ok(engine::inbound::dead_letters::channels(&engine()?, &actor).await?)
}

/// One letter with its JSON.
#[server(name = ReadDeadLetter, prefix = "/rpc", endpoint = "deliveries/letter")]
pub async fn dead_letter(id: DeadLetterId) -> Result<DeadLetterPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let mut open = engine::inbound::dead_letters::open(&engine, &actor, id).await?;
    let end = open.raw.char_indices().nth(MAX_RAW).map(|(end, _)| end);
    if let Some(end) = end {
        open.raw.truncate(end);
    }
    Ok(DeadLetterPage {
        open,
        cut: end.is_some(),
        replayed: flash::take(REPLAYED).await?,
    })
}

/// Applies one letter again.
#[server(prefix = "/rpc", endpoint = "deliveries/replay")]
pub async fn replay(id: DeadLetterId) -> Result<Replayed, ApiError> {
    let actor = actor().await?;
    let replayed = engine::inbound::dead_letters::replay(&engine()?, &actor, id).await?;
    flash::leave(REPLAYED, &replayed).await?;
    match replayed.applied {
        0 => plain_form::redirect(&format!("/system/deliveries/{id}")),
        _ => plain_form::redirect("/system/deliveries"),
    }
    Ok(replayed)
}

/// Applies the letters that match again, the first hundred after the one named. The live page asks until none is
/// left; without a script the page has a button that goes on.
#[server(prefix = "/rpc", endpoint = "deliveries/replay-all")]
pub async fn replay_all(
    #[server(default)] filter: Filter,
    #[server(default)] after: Option<DeadLetterId>,
) -> Result<Replayed, ApiError> {
    let actor = actor().await?;
    let replayed = engine::inbound::dead_letters::replay_all(&engine()?, &actor, &filter, after).await?;
    flash::leave(REPLAYED, &replayed).await?;
    plain_form::redirect(&address(&filter, None));
    Ok(replayed)
}

/// Throws a letter away.
#[server(prefix = "/rpc", endpoint = "deliveries/delete")]
pub async fn delete_dead_letter(id: DeadLetterId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::inbound::dead_letters::delete(&engine()?, &actor, id).await?;
    plain_form::redirect("/system/deliveries");
    Ok(())
}

/// Where these letters are listed.
pub fn address(filter: &Filter, cursor: Option<&str>) -> String {
    let mut pairs = filter.pairs();
    pairs.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
    let mut address = "/system/deliveries".to_owned();
    for (nth, (key, value)) in pairs.iter().enumerate() {
        address.push(if nth == 0 { '?' } else { '&' });
        address.push_str(key);
        address.push('=');
        address.push_str(&leptos_router::location::Url::escape(value));
    }
    address
}

#[cfg(feature = "ssr")]
const REPLAYED: &str = "deliveries replayed";
