//! Links by which users give themselves a new password. An administrator creates one for a user who has forgotten theirs;
//! it works once, for a day.

use crate::{
    Engine, Result,
    access::{api_tokens::sha256, proof::Proven, single_sign_on, users},
    audit::Subject,
    entity::{password_link, stored, user},
    random,
};
use domain::{
    access::{Actor, Me, Permission, password},
    ids::UserId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use std::time::Duration;
use url::Url;

const LIVES: Duration = Duration::from_secs(24 * 60 * 60);

/// A link for another user, who is not disabled. Their older links stop working; their password and log-ins stay until
/// it is used.
pub async fn create(engine: &Engine, actor: &Actor, id: UserId) -> Result<Url> {
    actor.require(Permission::UserChange)?;
    if actor.is(id) {
        return Err(Refusal::OwnPassword.into());
    }
    let tx = engine.transaction_alone(actor).await?;
    let found = user::Entity::find_by_id(id.uuid()).one(&tx).await?;
    let user = found
        .filter(|user| user.disabled_at.is_none())
        .ok_or(Refusal::NotFound)?;
    single_sign_on::takes_password(engine, stored(&user.role)?)?;
    delete_all(&tx, id).await?;
    let token = random::token();
    let link = password_link::Model {
        token_hash: sha256(&token),
        person_id: id.uuid(),
        expires_at: engine.clock().now().plus(LIVES).millis(),
    };
    password_link::Entity::insert(link.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.audit("person.password_link", Subject::User(id.uuid()), None);
    tx.commit().await?;
    let mut url = engine.public_url.clone();
    url.set_path("/password");
    url.query_pairs_mut().append_pair("token", &token);
    Ok(url)
}

/// The user whose link this is; `None`: it does not work, or not any more.
pub async fn user_of(engine: &Engine, token: &str) -> Result<Option<Me>> {
    match found(engine, engine.db.read(), token).await? {
        Some(id) => users::me(engine, id).await,
        None => Ok(None),
    }
}

async fn found(engine: &Engine, db: &impl ConnectionTrait, token: &str) -> Result<Option<UserId>> {
    let link = password_link::Entity::find_by_id(sha256(token)).one(db).await?;
    let now = engine.clock().now().millis();
    let link = link.filter(|link| link.expires_at > now);
    Ok(link.map(|link| UserId::new(link.person_id)))
}

/// Sets the password and uses the link up. The user is logged out everywhere.
pub async fn redeem(engine: &Engine, token: &str, new: &str) -> Result<Proven> {
    let me = user_of(engine, token).await?.ok_or(Refusal::LinkUsed)?;
    single_sign_on::takes_password(engine, me.role)?;
    let new = password(new).map_err(|problem| Refusal::field("password", problem))?;
    let about = vec![me.login.clone(), me.name.clone()];
    let hash = engine.passwords.hash("password", new, about).await?;
    let tx = engine.transaction_alone(&Actor::User(me.clone())).await?;
    if found(engine, &tx, token).await? != Some(me.id) {
        return Err(Refusal::LinkUsed.into());
    }
    delete_all(&tx, me.id).await?;
    let proven = Proven::new(me.clone(), &hash);
    users::replace_password(&tx, me.id, hash).await?;
    tx.audit("person.change_password", Subject::User(me.id.uuid()), None);
    tx.commit().await?;
    Ok(proven)
}

async fn delete_all(tx: &impl ConnectionTrait, user: UserId) -> Result<()> {
    password_link::Entity::delete_many()
        .filter(password_link::Column::PersonId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}
