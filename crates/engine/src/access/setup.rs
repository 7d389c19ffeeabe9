//! The first administrator, who is created by a link that works once.

use crate::{
    Engine, Error, Result,
    access::{api_tokens, proof::Proven, users},
    entity::{setup_link, user},
    random,
};
use domain::{
    access::{Actor, Role, UserForm},
    refusal::Refusal,
};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QuerySelect};
use std::time::Duration;

const SETUP_LINK_LIVES: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn has_users(engine: &Engine) -> Result<bool> {
    Ok(user::Entity::find().limit(1).count(engine.db.read()).await? > 0)
}

/// A token for the link that creates the first administrator; `None` when there are users already. An older link stops
/// working.
pub async fn create_setup_link(engine: &Engine) -> Result<Option<String>> {
    let tx = engine.transaction_alone(&Actor::System).await?;
    if user::Entity::find().limit(1).count(&tx).await? > 0 {
        return Ok(None);
    }
    setup_link::Entity::delete_many().exec(&tx).await?;
    let token = random::token();
    let link = setup_link::Model {
        token_hash: api_tokens::sha256(&token),
        expires_at: engine.clock().now().plus(SETUP_LINK_LIVES).millis(),
    };
    setup_link::Entity::insert(link.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(Some(token))
}

pub async fn setup_link_valid(engine: &Engine, token: &str) -> Result<bool> {
    link_valid(engine, engine.db.read(), token).await
}

async fn link_valid(engine: &Engine, db: &impl ConnectionTrait, token: &str) -> Result<bool> {
    let link = setup_link::Entity::find_by_id(api_tokens::sha256(token))
        .one(db)
        .await?;
    Ok(link.is_some_and(|link| link.expires_at > engine.clock().now().millis()))
}

/// Creates the first administrator and uses the link up.
pub async fn finish_setup(engine: &Engine, token: &str, form: &UserForm) -> Result<Proven> {
    let form = UserForm {
        role: Role::Admin.to_string(),
        ..form.clone()
    };
    if !setup_link_valid(engine, token).await? {
        return Err(Refusal::LinkUsed.into());
    }
    let new = form.check()?;
    let hash = users::hash_of(engine, &new).await?;
    let tx = engine.transaction_alone(&Actor::System).await?;
    if !link_valid(engine, &tx, token).await? || user::Entity::find().limit(1).count(&tx).await? > 0 {
        return Err(Refusal::LinkUsed.into());
    }
    setup_link::Entity::delete_many().exec(&tx).await?;
    let id = users::insert(&tx, &new, hash.clone()).await?;
    tx.commit().await?;
    let me = users::me(engine, id).await?;
    let me = me.ok_or_else(|| Error::Corrupt("the new administrator is gone".into()))?;
    Ok(Proven::new(me, &hash))
}
