//! Tokens for the REST API.

use super::{checked::Checked, error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    guard::{actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use domain::access::Permission;
use domain::{
    access::{BoundRef, TokenForm, TokenRow},
    form::Invalid,
    ids::TokenId,
};
use leptos::prelude::*;

/// Those that work.
#[server(prefix = "/rpc", endpoint = "tokens/list", protocol = Rpc)]
pub async fn tokens() -> Result<Vec<TokenRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::access::api_tokens::list(&engine()?, &actor).await?)
}

/// The channels and queues to which a new token may be bound.
#[server(prefix = "/rpc", endpoint = "tokens/bounds", protocol = Rpc)]
pub async fn token_bounds() -> Result<Vec<BoundRef>, ApiError> {
    let actor = actor().await?;
    Ok(engine::access::token_bounds::choices(&engine()?, &actor).await?)
}

/// A new token. It is not shown again.
#[server(prefix = "/rpc", endpoint = "tokens/create", protocol = Rpc)]
pub async fn create_token(#[server(default)] form: TokenForm) -> Result<String, ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::TokenChange).await?;
    Ok(engine::access::api_tokens::create(&engine()?, &actor, &form).await?)
}

impl Checked for CreateToken {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Lets nobody in with this token any more.
#[server(prefix = "/rpc", endpoint = "tokens/revoke", protocol = Rpc)]
pub async fn revoke_token(id: TokenId) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::TokenChange).await?;
    engine::access::api_tokens::revoke(&engine()?, &actor, id).await?;
    plain_form::redirect("/system/tokens");
    Ok(())
}
