//! Calls Meta, outside of any transaction. A call is made once, whatever comes of it.

use crate::{
    Engine, Result,
    credentials::{seal::Kind, secrets, token_state},
    entity::channel,
    outbound::blocked::blocked,
    receipts::waiting::Receipt,
    wakes::Worker,
};
use domain::{
    channel::{ReadReceipts, TokenState},
    ids::ChannelId,
};
use metrics::counter;
use sea_orm::EntityTrait;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use whatsapp::{errors::RetryClass, graph::GraphError};

const AT_ONCE: usize = 8;
const WITHIN: Duration = Duration::from_secs(5);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut calls = JoinSet::new();
    loop {
        while calls.len() < AT_ONCE
            && let Some(receipt) = engine.receipts.take()
        {
            let engine = engine.clone();
            calls.spawn(async move { tell(&engine, &receipt).await });
        }
        tokio::select! {
            () = stop.cancelled() => return,
            Some(_) = calls.join_next() => engine.receipts.over(),
            () = engine.wakes.woken(Worker::Receipts) => {}
        }
    }
}

async fn tell(engine: &Engine, receipt: &Receipt) {
    let outcome = match call(engine, receipt).await {
        Ok(None) => "unneeded",
        Ok(Some(Ok(()))) => "accepted",
        Ok(Some(Err(error))) => {
            tracing::debug!(%error, channel = %receipt.channel, "Meta was not told what was read");
            match error {
                GraphError::Refused(_) => "refused",
                _ => "unanswered",
            }
        }
        Err(error) => {
            tracing::debug!(%error, channel = %receipt.channel, "Meta cannot be told what was read");
            "lost"
        }
    };
    counter!(crate::metrics::RECEIPTS, "outcome" => outcome).increment(1);
}

/// `None` if the channel sends nothing now, or has another number than the message.
async fn call(engine: &Engine, receipt: &Receipt) -> Result<Option<std::result::Result<(), GraphError>>> {
    let db = engine.db.read();
    let found = channel::Entity::find_by_id(receipt.channel).one(db).await?;
    let same_number =
        |channel: &channel::Model| channel.phone_number_id.as_ref() == Some(&receipt.phone_number_id);
    let Some(found) = found.filter(same_number) else {
        return Ok(None);
    };
    let id = ChannelId::new(found.id);
    if found.read_receipts()? == ReadReceipts::Never || blocked(db, found.id).await?.is_some() {
        return Ok(None);
    }
    let Some(token) = secrets::open_secret(engine, db, id, Kind::AccessToken).await? else {
        return Ok(None);
    };
    let told = engine
        .graph
        .within(WITHIN)
        .mark_read(&token, &receipt.phone_number_id, &receipt.wamid, receipt.typing)
        .await;
    if let Err(error) = &told
        && error.class() == RetryClass::Reauth
    {
        token_state::learn(engine, id, TokenState::Refused, Some(error.to_string())).await?;
    }
    Ok(Some(told))
}
