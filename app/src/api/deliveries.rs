//! What came from Meta and could not be applied.

use super::{error::ApiError, rpc::Rpc};
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

/// Characters of a dead letter's JSON that a page shows; the API has the rest.
#[cfg(feature = "ssr")]
const MAX_RAW: usize = 100_000;

/// System › Deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    pub waiting: Waiting,
    /// Dead letters for every reason, whichever reason is chosen.
    pub counts: Vec<(DeadReason, u64)>,
    pub dead_letters: Page<DeadLetter>,
    /// The outcome of the form post that led here, if no script has shown it.
    pub replayed: Option<Replayed>,
}

/// One dead letter, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterPage {
    pub open: OpenDeadLetter,
    /// Whether the JSON is truncated.
    pub cut: bool,
    pub replayed: Option<Replayed>,
}

/// The matching dead letters, newest first.
#[server(name = ReadDeliveries, prefix = "/rpc", endpoint = "deliveries/list", protocol = Rpc)]
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

/// The channels that can have dead letters, for the filter.
#[server(prefix = "/rpc", endpoint = "deliveries/channels", protocol = Rpc)]
pub async fn dead_letter_channels() -> Result<Vec<ChannelRef>, ApiError> {
    let actor = actor().await?;
    Ok(engine::inbound::dead_letters::channels(&engine()?, &actor).await?)
}

/// One dead letter with its JSON.
#[server(name = ReadDeadLetter, prefix = "/rpc", endpoint = "deliveries/letter", protocol = Rpc)]
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

/// Applies one dead letter again.
#[server(prefix = "/rpc", endpoint = "deliveries/replay", protocol = Rpc)]
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

/// Applies the matching dead letters again: the first hundred after the named one. The live page repeats the call until
/// none is left; without a script the page has a button for the next hundred.
#[server(prefix = "/rpc", endpoint = "deliveries/replay-all", protocol = Rpc)]
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

/// Deletes a dead letter.
#[server(prefix = "/rpc", endpoint = "deliveries/delete", protocol = Rpc)]
pub async fn delete_dead_letter(id: DeadLetterId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::inbound::dead_letters::delete(&engine()?, &actor, id).await?;
    plain_form::redirect("/system/deliveries");
    Ok(())
}

/// The address of the list of these dead letters.
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
