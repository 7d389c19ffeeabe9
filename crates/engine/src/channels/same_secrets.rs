//! Whether a channel has the secrets that somebody brings, so that bringing them again changes nothing.

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

/// The fields whose secrets are not those of the channel. An empty field leaves its secret as it is, and differs from none.
pub async fn differing_secrets(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    form: &AuthenticationForm,
) -> Result<Vec<&'static str>> {
    actor.require(Permission::ChannelChange)?;
    let form = form.check()?;
    let mut differing = Vec::new();
    for (kind, brought) in [
        (Kind::AccessToken, form.access_token),
        (Kind::AppSecret, form.app_secret),
        (Kind::NextAppSecret, form.next_app_secret),
    ] {
        let Some(brought) = brought else { continue };
        let stored = secrets::open_secret(engine, engine.db.read(), id, kind).await?;
        if stored.is_none_or(|stored| stored.expose_secret() != brought) {
            differing.push(kind.as_str());
        }
    }
    Ok(differing)
}
