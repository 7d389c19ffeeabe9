//! Which user a provider's user is. The first log-in finds them by the verified e-mail address, which is their log-in
//! name, and links the two for good: an address that is given to somebody else later opens nothing.

use super::{identity::Identity, provider::refused};
use crate::{
    Engine, Error, Result,
    access::{login_names, passwords::no_password, users},
    audit::Subject,
    config::SingleSignOn,
    entity::{sign_on_link, user},
    transaction::Transaction,
};
use domain::{
    access::{Actor, NewUser, Role, login_name},
    form::{MAX_NAME, line},
    refusal::Refusal,
    sign_on::SignOnProblem,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect,
};

/// The user, created if the settings say so, with the role of their groups. `known`: to whom the identity is linked.
pub(super) async fn user_of(
    engine: &Engine,
    settings: &SingleSignOn,
    identity: &Identity,
    known: Option<user::Model>,
) -> Result<user::Model> {
    let role = role(settings, identity)?;
    if let Some(user) = known.filter(|user| has_role(user, role)) {
        return enabled(user);
    }
    let tx = engine.transaction_alone(&Actor::System).await?;
    let user = match linked(settings, &tx, identity).await? {
        Some(user) => user,
        None => found_by_email(&tx, settings, identity, role).await?,
    };
    let user = enabled(user)?;
    let user = match role.filter(|_| !has_role(&user, role)) {
        Some(role) => with_role(&tx, user, role).await?,
        None => user,
    };
    tx.commit().await?;
    Ok(user)
}

/// The user to whom this one is linked.
pub(super) async fn linked(
    settings: &SingleSignOn,
    db: &impl ConnectionTrait,
    identity: &Identity,
) -> Result<Option<user::Model>> {
    let key = (settings.issuer.clone(), identity.subject.clone());
    let Some(link) = sign_on_link::Entity::find_by_id(key).one(db).await? else {
        return Ok(None);
    };
    Ok(user::Entity::find_by_id(link.person_id).one(db).await?)
}

/// The role that the provider's groups give; `None`: roles are given here.
fn role(settings: &SingleSignOn, identity: &Identity) -> Result<Option<Role>> {
    if settings.roles.is_empty() {
        return Ok(None);
    }
    let groups = identity.groups.as_deref().unwrap_or_default();
    match settings.roles.role_of(groups) {
        Some(role) => Ok(Some(role)),
        None => {
            let groups = identity.groups.as_ref().map(Vec::len);
            tracing::warn!(
                ?groups,
                "single sign-on: none of somebody's groups has a role here"
            );
            Err(refused(SignOnProblem::NoRole))
        }
    }
}

fn has_role(user: &user::Model, role: Option<Role>) -> bool {
    role.is_none_or(|role| user.role == role.as_str())
}

fn enabled(user: user::Model) -> Result<user::Model> {
    match user.disabled_at {
        None => Ok(user),
        Some(_) => Err(refused(SignOnProblem::Disabled)),
    }
}

async fn found_by_email(
    tx: &Transaction,
    settings: &SingleSignOn,
    identity: &Identity,
    role: Option<Role>,
) -> Result<user::Model> {
    let email = identity.email.as_deref().and_then(|email| login_name(email).ok());
    let login = email.ok_or_else(|| refused(SignOnProblem::NoEmail))?;
    let found = user::Entity::find()
        .filter(user::Column::Login.eq(&login))
        .one(tx)
        .await?;
    let user = match found {
        Some(user) => {
            let others = sign_on_link::Entity::find()
                .filter(sign_on_link::Column::PersonId.eq(user.id))
                .filter(sign_on_link::Column::Issuer.eq(&settings.issuer));
            if others.one(tx).await?.is_some() {
                return Err(refused(SignOnProblem::AnotherIdentity));
            }
            // Nobody is linked who is not let in.
            enabled(user)?
        }
        None if settings.creates_users => {
            let role = role.unwrap_or(Role::Operator);
            // The first user is an administrator: nobody else could let others in.
            if role != Role::Admin && user::Entity::find().limit(1).count(tx).await? == 0 {
                return Err(refused(SignOnProblem::UnknownUser));
            }
            let free = login_names::is_free(tx, &login, None).await;
            free.map_err(|error| match error {
                // It looks like somebody else's.
                Error::Refused(_) => refused(SignOnProblem::UnknownUser),
                error => error,
            })?;
            let name = identity
                .name
                .as_deref()
                .and_then(|name| line(name, MAX_NAME).ok());
            let new = NewUser {
                name: name.unwrap_or_else(|| login.clone()),
                login,
                password: None,
                role,
            };
            let id = users::insert(tx, &new, no_password()).await?;
            let created = user::Entity::find_by_id(id.uuid()).one(tx).await?;
            created.ok_or_else(|| refused(SignOnProblem::UnknownUser))?
        }
        None => return Err(refused(SignOnProblem::UnknownUser)),
    };
    let link = sign_on_link::Model {
        issuer: settings.issuer.clone(),
        subject: identity.subject.clone(),
        person_id: user.id,
        linked_at: tx.engine().clock().now().millis(),
    };
    sign_on_link::Entity::insert(link.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let detail = settings.shown_name().to_owned();
    tx.audit(
        "person.single_sign_on_linked",
        Subject::User(user.id),
        Some(detail),
    );
    Ok(user)
}

/// The last administrator stays one, whatever the provider says: nobody else could mend it here.
async fn with_role(tx: &Transaction, user: user::Model, role: Role) -> Result<user::Model> {
    match users::keep_an_admin(tx, &user).await {
        Ok(()) => {}
        Err(Error::Refused(Refusal::LastAdmin)) => {
            let login = &user.login;
            tracing::warn!(
                login,
                "the provider's groups take the last administrator's role away: they keep it"
            );
            return Ok(user);
        }
        Err(error) => return Err(error),
    }
    let mut change = user.into_active_model();
    change.role = Set(role.to_string());
    let user = user::Entity::update(change).exec(tx).await?;
    let detail = format!("{} ({role})", user.login);
    tx.audit("person.change", Subject::User(user.id), Some(detail));
    Ok(user)
}
