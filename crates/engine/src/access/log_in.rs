//! Users prove with their password who they are: at the log-in, and when they change it.

use crate::{
    Engine, Result,
    access::{
        browsers,
        login_throttle::{Attempt, Typed},
        proof::{Proven, proof},
        single_sign_on, users, web_sessions,
    },
    audit::{Subject, refusal_rate::Kind, refusals},
    entity::user,
    seldom::{EVERY_SECOND, Seldom},
};
use domain::{
    access::{Actor, PasswordForm, login_name},
    form::Problem,
    ids::UserId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::net::IpAddr;

/// Where somebody types a password. `browser`: the cookie of `browsers`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    pub address: Option<IpAddr>,
    pub browser: Option<&'a str>,
}

/// Checks a log-in. Wrong names, wrong passwords and disabled users get the same answer in the same time.
pub async fn log_in(engine: &Engine, login: &str, password: &str, caller: Caller<'_>) -> Result<Proven> {
    // A name that no account can have belongs to nobody, and takes the same path.
    let login = login_name(login).unwrap_or_default();
    let Some(found) = verified(engine, "person.log_in", &login, password, caller).await? else {
        metrics::counter!(crate::metrics::LOGINS_REFUSED).increment(1);
        return Err(Refusal::WrongLogin.into());
    };
    let me = users::me(engine, UserId::new(found.id)).await?;
    let me = me.ok_or(Refusal::WrongLogin)?;
    if let Err(refused) = single_sign_on::takes_password(engine, me.role) {
        let why = Some("single sign-on only".to_owned());
        let subject = Subject::User(found.id);
        refusals::note(engine, Kind::Password, "person.log_in", subject, why).await;
        return Err(refused);
    }
    Ok(Proven::new(me, &found.password_hash))
}

/// Somebody who has proved earlier who they are, if they may log in and what they proved it by still stands.
pub async fn still_proven(engine: &Engine, id: UserId, by: &str) -> Result<Option<Proven>> {
    let user = user::Entity::find_by_id(id.uuid()).one(engine.db.read()).await?;
    if user.is_none_or(|user| proof(&user.password_hash) != by) {
        return Ok(None);
    }
    let me = users::me(engine, id).await?;
    Ok(me.map(|me| Proven::still(me, by.to_owned())))
}

/// The user with this name and password who is not disabled. Wrong passwords are counted. `action`: what the password
/// is for.
async fn verified(
    engine: &Engine,
    action: &str,
    login: &str,
    password: &str,
    caller: Caller<'_>,
) -> Result<Option<user::Model>> {
    let attempt = Attempt {
        typed: Typed::Password,
        login,
        from: caller.address,
        browser: browsers::known(engine, login, caller.browser),
    };
    attempted(engine, action, attempt, check(engine, login, password)).await
}

/// The user; `Err`: who tried, with a wrong password or name.
async fn check(
    engine: &Engine,
    login: &str,
    password: &str,
) -> Result<std::result::Result<user::Model, Subject>> {
    let found = user::Entity::find()
        .filter(user::Column::Login.eq(login))
        .one(engine.db.read())
        .await?;
    // A name that nobody has may be a password in the wrong field.
    let subject = found
        .as_ref()
        .map_or(Subject::Console, |user| Subject::User(user.id));
    let found = found.filter(|user| user.disabled_at.is_none());
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let too_long = password.len() > domain::access::MAX_PASSWORD;
    let password = if too_long {
        String::new()
    } else {
        password.to_owned()
    };
    let right = engine.passwords.verify(password, hash).await?;
    Ok(found.filter(|_| right).ok_or(subject))
}

/// Lets somebody try what they typed, not too often. Wrong ones are counted, and noted for the one of whom they are
/// wrong; what could not be checked does not count. `action`: what it was typed for.
pub(super) async fn attempted<T>(
    engine: &Engine,
    action: &str,
    attempt: Attempt<'_>,
    check: impl Future<Output = Result<std::result::Result<T, Subject>>>,
) -> Result<Option<T>> {
    if let Err(refused) = engine.login_throttle.begin(attempt) {
        log_refusal(attempt, matches!(attempt.typed, Typed::Code | Typed::Passkey));
        let why = Some("too many attempts".to_owned());
        refusals::note(engine, Kind::Password, action, Subject::Console, why).await;
        return Err(refused.into());
    }
    let checked = check.await;
    if let Ok(Err(subject)) = checked {
        log_refusal(attempt, matches!(subject, Subject::User(_)));
        refusals::note(engine, Kind::Password, action, subject, None).await;
        return Ok(None);
    }
    engine.login_throttle.was_right(attempt);
    Ok(checked?.ok())
}

/// One line a second, for people and for programs such as fail2ban: `docs/OPERATING.md` has their filter. `is_users`: the
/// log-in name is a user's; one that is nobody's may be a password in the wrong field.
fn log_refusal(attempt: Attempt<'_>, is_users: bool) {
    static REFUSED: Seldom = Seldom::every(EVERY_SECOND);
    if let Some(left_out) = REFUSED.due() {
        let login = if is_users { attempt.login } else { "unknown" };
        let address = attempt
            .from
            .map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        tracing::warn!(address, login, left_out, "log-in refused");
    }
}

/// Checks the actor's own password.
///
/// # Errors
/// [`Problem::WrongPassword`] of `current`; [`Refusal::TooManyAttempts`].
pub async fn reauthenticate(
    engine: &Engine,
    actor: &Actor,
    password: &str,
    caller: Caller<'_>,
) -> Result<Proven> {
    let Actor::User(me) = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let found = verified(engine, "person.reauthenticate", &me.login, password, caller).await?;
    match found.filter(|user| user.id == me.id.uuid()) {
        Some(user) => Ok(Proven::new(me.clone(), &user.password_hash)),
        None => Err(Refusal::field("current", Problem::WrongPassword).into()),
    }
}

/// Changes the actor's own password, and logs them out everywhere else. `current`: the id of the web session that
/// stays.
pub async fn change_password(
    engine: &Engine,
    actor: &Actor,
    form: &PasswordForm,
    caller: Caller<'_>,
    current: Option<&str>,
) -> Result<Proven> {
    let Actor::User(me) = actor else {
        return Err(Refusal::Forbidden.into());
    };
    form.check()?;
    let action = "person.change_password";
    if verified(engine, action, &me.login, &form.old, caller)
        .await?
        .is_none()
    {
        return Err(Refusal::field("old", Problem::WrongPassword).into());
    }
    let about = vec![me.login.clone(), me.name.clone()];
    let hash = engine.passwords.hash("new", form.new.clone(), about).await?;
    let tx = engine.transaction(actor).await?;
    let proven = Proven::new(me.clone(), &hash);
    users::store_password(&tx, me.id, hash).await?;
    web_sessions::delete_others(&tx, me.id, current).await?;
    tx.audit(action, Subject::User(me.id.uuid()), None);
    tx.commit().await?;
    Ok(proven)
}
