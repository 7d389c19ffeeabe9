//! Users, and the first administrator.

use crate::{
    Engine, Error, Result,
    access::{api_tokens, browsers, login_throttle::Attempt},
    audit::Subject,
    entity::{extension, setup_link, stored, user},
    random,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Me, NewUser, Permission, Role, UserForm, login_name},
    form::Problem,
    ids::{ExtensionId, UserId},
    language::Language,
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect, sea_query::Expr,
};
use std::{net::IpAddr, time::Duration};

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
pub async fn finish_setup(engine: &Engine, token: &str, form: &UserForm) -> Result<Me> {
    let form = UserForm {
        role: Role::Admin.to_string(),
        ..form.clone()
    };
    if !setup_link_valid(engine, token).await? {
        return Err(Refusal::LinkUsed.into());
    }
    let new = form.check()?;
    let hash = engine.passwords.hash(new.password.clone()).await?;
    let tx = engine.transaction_alone(&Actor::System).await?;
    if !link_valid(engine, &tx, token).await? || user::Entity::find().limit(1).count(&tx).await? > 0 {
        return Err(Refusal::LinkUsed.into());
    }
    setup_link::Entity::delete_many().exec(&tx).await?;
    let id = insert(&tx, &new, hash).await?;
    tx.commit().await?;
    me(engine, id)
        .await?
        .ok_or_else(|| Error::Corrupt("the new administrator is gone".into()))
}

/// Adds a user without an extension.
pub async fn add(engine: &Engine, actor: &Actor, form: &UserForm) -> Result<UserId> {
    actor.require(Permission::UserChange)?;
    let new = form.check()?;
    let hash = engine.passwords.hash(new.password.clone()).await?;
    let tx = engine.transaction_alone(actor).await?;
    login_is_free(&tx, &new.login, None).await?;
    let id = insert(&tx, &new, hash).await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert(tx: &Transaction, new: &NewUser, hash: String) -> Result<UserId> {
    let row = user::Model {
        id: tx.engine().clock().new_id(),
        login: new.login.clone(),
        name: new.name.clone(),
        role: new.role.to_string(),
        password_hash: hash,
        language: None,
        extension_id: None,
        disabled_at: None,
        created_at: tx.engine().clock().now().millis(),
    };
    let id = row.id;
    user::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let detail = format!("{} ({})", new.login, new.role);
    tx.audit("person.add", Subject::User(id), Some(detail));
    Ok(UserId::new(id))
}

/// Refuses a log-in that a user other than `except` has.
pub(crate) async fn login_is_free(
    tx: &DatabaseTransaction,
    login: &str,
    except: Option<ExtensionId>,
) -> Result<()> {
    let other = user::Entity::find()
        .filter(user::Column::Login.eq(login))
        .one(tx)
        .await?;
    match other {
        Some(other) if except.is_none() || other.extension_id != except.map(ExtensionId::uuid) => {
            Err(Refusal::field("login", Problem::Taken).into())
        }
        _ => Ok(()),
    }
}

/// Checks a log-in. Wrong names, wrong passwords and disabled users get the same answer in the same time. `browser` is
/// the cookie of `browsers`.
pub async fn log_in(
    engine: &Engine,
    login: &str,
    password: &str,
    from: Option<IpAddr>,
    browser: Option<&str>,
) -> Result<Me> {
    // A name that no account can have belongs to nobody, and takes the same path.
    let login = login_name(login).unwrap_or_default();
    let attempt = Attempt {
        login: &login,
        from,
        browser: browsers::known(engine, &login, browser),
    };
    engine.login_throttle.begin(attempt)?;
    let found = user::Entity::find()
        .filter(user::Column::Login.eq(login.as_str()))
        .one(engine.db.read())
        .await?;
    let hash = found
        .as_ref()
        .filter(|p| p.disabled_at.is_none())
        .map(|p| p.password_hash.clone());
    let too_long = password.len() > domain::access::MAX_PASSWORD;
    let password = if too_long {
        String::new()
    } else {
        password.to_owned()
    };
    let verified = match engine.passwords.verify(password, hash).await {
        // The password was not checked, so the attempt does not count.
        Err(busy) => {
            engine.login_throttle.was_right(attempt);
            return Err(busy);
        }
        Ok(verified) => verified,
    };
    if !verified {
        metrics::counter!(crate::metrics::LOGINS_REFUSED).increment(1);
        return Err(Refusal::WrongLogin.into());
    }
    engine.login_throttle.was_right(attempt);
    match found {
        Some(found) => me(engine, UserId::new(found.id))
            .await?
            .ok_or(Refusal::WrongLogin.into()),
        None => Err(Refusal::WrongLogin.into()),
    }
}

/// The user's current data; `None` when the user is gone or disabled.
pub async fn me(engine: &Engine, id: UserId) -> Result<Option<Me>> {
    let Some(found) = user::Entity::find_by_id(id.uuid()).one(engine.db.read()).await? else {
        return Ok(None);
    };
    if found.disabled_at.is_some() {
        return Ok(None);
    }
    let extension = match found.extension_id {
        None => None,
        Some(id) => extension::Entity::find_by_id(id)
            .one(engine.db.read())
            .await?
            .filter(|x| x.disabled_at.is_none()),
    };
    Ok(Some(Me {
        id,
        login: found.login,
        name: found.name,
        role: stored(&found.role)?,
        language: found.language.and_then(|language| language.parse().ok()),
        extension: extension.map(Into::into),
    }))
}

pub async fn set_language(engine: &Engine, actor: &Actor, language: Language) -> Result<()> {
    let Actor::User(me) = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let tx = engine.transaction(actor).await?;
    user::Entity::update_many()
        .col_expr(user::Column::Language, Expr::value(language.as_str()))
        .filter(user::Column::Id.eq(me.id.uuid()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
