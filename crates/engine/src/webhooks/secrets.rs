//! Another secret for a webhook, and secrets that its receiver has already.

use crate::{
    Engine, Result,
    entity::webhook,
    webhooks::{
        manage::{note, sealed, store},
        row::{formers, known, present},
        secret::Secret,
    },
};
use domain::{
    access::{Actor, Permission},
    form::Invalid,
    ids::WebhookId,
    time::Timestamp,
    webhook::WebhookForm,
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};
use secrecy::SecretString;

/// A secret that [`create_given`] takes. It signs nothing before that.
pub fn made_up_secret() -> SecretString {
    Secret::create().text()
}

/// # Errors
/// It is not spelled as Standard Webhooks spell secrets.
pub fn check_secret(secret: &SecretString) -> Result<()> {
    given(secret).map(drop)
}

/// Creates a webhook with this secret, which gets the events that follow.
pub async fn create_given(
    engine: &Engine,
    actor: &Actor,
    form: &WebhookForm,
    secret: &SecretString,
) -> Result<WebhookId> {
    store(engine, actor, form, &given(secret)?).await
}

/// Whether this is what signs now.
pub async fn has_secret(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    secret: &SecretString,
) -> Result<bool> {
    actor.require(Permission::WebhookChange)?;
    let row = known(engine.db.read(), id).await?;
    Ok(present(engine, &row).await? == Some(given(secret)?))
}

/// Makes a new secret, which cannot be shown again. The former one signs for another day, so that the receiver can change over in
/// between; so do those before it, each for its own day. One that does not open is only replaced.
pub async fn rotate_secret(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<SecretString> {
    let secret = Secret::create();
    replace(engine, actor, id, &secret).await?;
    Ok(secret.text())
}

/// The same with a secret that the receiver has already.
pub async fn replace_secret(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    secret: &SecretString,
) -> Result<()> {
    replace(engine, actor, id, &given(secret)?).await
}

async fn replace(engine: &Engine, actor: &Actor, id: WebhookId, secret: &Secret) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let row = known(&tx, id).await?;
    let (replaced, formers) = (present(engine, &row).await?, formers(engine, &row).await?);
    let formers = formers.after(replaced, secret, engine.clock().now());
    let end = formers.end();
    let key = engine.keys.to_seal(&tx).await?;
    let mut row = row.into_active_model();
    row.key_id = Set(key.id().to_owned());
    row.sealed = Set(sealed(&key, id, secret)?);
    row.former_until = Set(end.map(Timestamp::millis));
    row.former_sealed = Set(match end {
        None => None,
        Some(_) => Some(key.seal_webhook_secret(id, &formers.bytes())?),
    });
    webhook::Entity::update(row).exec(&tx).await?;
    note(&tx, "webhook.rotate_secret", id, None);
    tx.commit().await
}

fn given(secret: &SecretString) -> Result<Secret> {
    Ok(Secret::parse(secret).map_err(|problem| Invalid::field("secret", problem))?)
}
