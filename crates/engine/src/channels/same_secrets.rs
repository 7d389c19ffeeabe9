//! What is new of the secrets that somebody brings, so that bringing them again changes nothing.

use crate::{
    Engine, Result,
    credentials::{seal::Kind, secrets},
};
use domain::{
    access::{Actor, Permission},
    channel::AuthenticationForm,
    ids::ChannelId,
};
use secrecy::ExposeSecret as _;

/// The form without the secrets that the channel has: an empty field leaves its secret as it is. Whoever brings the app
/// secret as the second one means a reset that is over: the one before it does not come back.
pub async fn only_new_secrets(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    form: &AuthenticationForm,
) -> Result<AuthenticationForm> {
    actor.require(Permission::ChannelChange)?;
    let brought = form.check()?;
    let app_secret = stored(engine, id, Kind::AppSecret).await?;
    let is_over = brought.next_app_secret.is_some() && brought.next_app_secret == app_secret;
    let app_secret = unless(app_secret, brought.app_secret.filter(|_| !is_over));
    let next = brought.next_app_secret.filter(|_| !is_over);
    Ok(AuthenticationForm {
        name: brought.name,
        access_token: unless(stored(engine, id, Kind::AccessToken).await?, brought.access_token),
        app_secret,
        next_app_secret: unless(stored(engine, id, Kind::NextAppSecret).await?, next),
    })
}

async fn stored(engine: &Engine, id: ChannelId, kind: Kind) -> Result<Option<String>> {
    let secret = secrets::open_secret(engine, engine.db.read(), id, kind).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

fn unless(stored: Option<String>, brought: Option<String>) -> String {
    match brought == stored {
        true => String::new(),
        false => brought.unwrap_or_default(),
    }
}
