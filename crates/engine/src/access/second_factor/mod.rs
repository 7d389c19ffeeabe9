//! The second factor of a log-in: codes of an app, passkeys, or both. Either of them is enough.

pub mod codes;
pub mod passkeys;

use crate::{
    Engine, Result,
    access::{log_in::Caller, users, web_sessions},
    audit::Subject,
    transaction::Transaction,
};
use codes::CodeFor;
use domain::{
    access::{Actor, Me, Permission, SecondFactorView},
    ids::{PasskeyId, UserId},
    refusal::Refusal,
};
use sea_orm::ConnectionTrait;

/// What a user does after the password.
#[derive(Debug)]
pub enum Asked {
    Nothing,
    /// They give a code or a passkey.
    Factor,
    /// They set up an app, begun as by [`codes::begin`].
    SetUp(String),
}

/// Who has to have a second factor and has none sets one up.
pub async fn asked_of(engine: &Engine, me: &Me) -> Result<Asked> {
    if has(engine, me).await? {
        return Ok(Asked::Factor);
    }
    match is_required(engine, me) {
        true => Ok(Asked::SetUp(codes::begin(engine, me).await?)),
        false => Ok(Asked::Nothing),
    }
}

/// Whether the user has one.
pub async fn has(engine: &Engine, me: &Me) -> Result<bool> {
    has_in(engine.db.read(), me.id).await
}

async fn has_in(db: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    Ok(codes::are_on(db, user).await? || passkeys::has_any(db, user).await?)
}

/// Whether the settings require one of the user's role.
pub fn is_required(engine: &Engine, me: &Me) -> bool {
    engine.second_factor_roles.contains(&me.role)
}

/// `begun`: what [`codes::begin`] has returned to the web session that asks.
pub async fn view(engine: &Engine, me: &Me, begun: Option<&str>) -> Result<SecondFactorView> {
    Ok(SecondFactorView {
        passkeys: passkeys::of(engine, me.id).await?,
        ..codes::view(engine, me, begun).await?
    })
}

/// Turns the codes of the actor's own app off, with a code. Returns whether they are logged out.
pub async fn turn_codes_off(engine: &Engine, me: &Me, code: &str, caller: Caller<'_>) -> Result<bool> {
    codes::check(engine, me, CodeFor::TurningOff, code, caller).await?;
    let tx = engine.transaction_alone(&Actor::User(me.clone())).await?;
    codes::delete(&tx, me.id).await?;
    let is_out = log_out_without(&tx, me).await?;
    tx.audit(CodeFor::TurningOff.action(), Subject::User(me.id.uuid()), None);
    tx.commit().await?;
    Ok(is_out)
}

/// Removes one of the actor's own passkeys. Returns whether they are logged out.
pub async fn remove_passkey(engine: &Engine, me: &Me, id: PasskeyId) -> Result<bool> {
    let tx = engine.transaction_alone(&Actor::User(me.clone())).await?;
    let name = passkeys::delete(&tx, me.id, id).await?;
    let is_out = log_out_without(&tx, me).await?;
    tx.audit("person.passkey_removed", Subject::User(me.id.uuid()), Some(name));
    tx.commit().await?;
    Ok(is_out)
}

/// Whoever has to have a second factor and has none left is logged out everywhere, and sets up another at the next log-in.
/// The transaction is alone: two who remove two at once must not both leave one.
async fn log_out_without(tx: &Transaction, me: &Me) -> Result<bool> {
    let is_out = is_required(tx.engine(), me) && !has_in(tx, me.id).await?;
    if is_out {
        web_sessions::delete_all(tx, me.id).await?;
    }
    Ok(is_out)
}

/// Removes all of another user, who has lost them, and logs them out everywhere.
pub async fn remove(engine: &Engine, actor: &Actor, id: UserId) -> Result<()> {
    actor.require(Permission::UserChange)?;
    if actor.is(id) {
        return Err(Refusal::OwnSecondFactor.into());
    }
    users::get(engine, actor, id).await?;
    let tx = engine.transaction(actor).await?;
    if codes::delete(&tx, id).await? + passkeys::delete_all(&tx, id).await? > 0 {
        web_sessions::delete_all(&tx, id).await?;
        tx.audit("person.second_factor_removed", Subject::User(id.uuid()), None);
    }
    tx.commit().await
}
