//! Replacing the verify token and app secrets while Meta goes on calling.

use crate::{
    Engine, Result,
    channels::{
        change::{change, changed, current, note},
        reservation,
    },
    credentials::{seal::Kind, secrets},
    random,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    form::Problem,
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::ActiveValue::Set;

/// Makes a new verify token. Meta asks for it only when the callback is saved, so a working connection goes on.
pub async fn rotate_verify_token(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = engine.transaction(actor).await?;
    if reservation::rotate(&tx, id).await? {
        tx.then(|engine| engine.webhook_cache.forget());
        return tx.commit().await;
    }
    drop(tx);
    change(engine, actor, id, "channel.rotate_verify_token", |_, channel| {
        channel.verify_token = Set(random::token());
    })
    .await
}

/// Ends the reset of the app secret: the second one becomes the only one.
pub async fn drop_old_app_secret(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = engine.transaction(actor).await?;
    current(&tx, id).await?;
    end_secret_reset(&tx, id).await?;
    changed(&tx, id);
    tx.commit().await
}

pub(super) async fn end_secret_reset(tx: &Transaction, id: ChannelId) -> Result<()> {
    let next = secrets::open_secret(tx.engine(), tx, id, Kind::NextAppSecret).await?;
    let next = next.ok_or(Refusal::field("next_app_secret", Problem::Required))?;
    secrets::write(tx.engine(), tx, id, Kind::AppSecret, &next).await?;
    secrets::remove(tx, id, &[Kind::NextAppSecret]).await?;
    note(tx, id, "channel.drop_old_app_secret", None)
}
