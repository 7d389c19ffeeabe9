//! API tokens: shown once, kept as SHA-256. They are random, so a fast hash is enough.

use crate::{
    Engine, Result,
    audit::Subject,
    entity::{api_token, stored},
    random,
};
use domain::{
    access::{Actor, Scope},
    form::{MAX_NAME, line},
    ids::TokenId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use sha2::{Digest, Sha256};

/// Lets secret scanners recognise a leaked token.
const PREFIX: &str = "swb_";

pub(crate) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// A new token, which cannot be shown again.
pub async fn create(engine: &Engine, name: &str, scope: Scope) -> Result<String> {
    let name = line(name, MAX_NAME).map_err(|problem| Refusal::field("name", problem))?;
    let token = format!("{PREFIX}{}", hex::encode(random::bytes::<24>()));
    let row = api_token::Model {
        id: engine.clock().new_id(),
        name,
        scope: scope.as_str().to_owned(),
        token_hash: sha256(&token),
        created_at: engine.clock().now().millis(),
        revoked_at: None,
    };
    let detail = format!("{} ({})", row.name, row.scope);
    let tx = engine.transaction(&Actor::System).await?;
    tx.audit("token.create", Subject::Token(row.id), Some(detail));
    api_token::Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// The actor of a token; `None` when the token is unknown or revoked.
pub async fn authenticate(engine: &Engine, token: &str) -> Result<Option<Actor>> {
    let found = api_token::Entity::find()
        .filter(api_token::Column::TokenHash.eq(sha256(token)))
        .filter(api_token::Column::RevokedAt.is_null())
        .one(engine.db.read())
        .await?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(Actor::Token {
        id: TokenId::new(found.id),
        scope: stored(&found.scope)?,
        name: found.name,
    }))
}
