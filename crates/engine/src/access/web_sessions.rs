//! Browsers that are logged in. The database holds the SHA-256 of a session's id: a stolen copy opens nothing.

use crate::{
    Engine, Result,
    access::{
        api_tokens::sha256,
        proof::{Proof, proof},
    },
    audit::Subject,
    entity::{sign_on_link, user, web_session},
};
use domain::{
    access::{Actor, LoginView, Me},
    ids::UserId,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

/// Maximum number of browsers that somebody sees: those used last.
const MOST_SHOWN: u64 = 100;

/// What a browser session holds, as the HTTP server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub data: String,
    pub expires_at: Timestamp,
}

/// `None` when there is none or it has expired.
pub async fn load(engine: &Engine, id: &str) -> Result<Option<Stored>> {
    let found = web_session::Entity::find_by_id(sha256(id))
        .one(engine.db.read())
        .await?;
    let now = engine.clock().now();
    Ok(found
        .map(|row| Stored {
            data: row.data,
            expires_at: Timestamp::from_millis(row.expires_at),
        })
        .filter(|stored| stored.expires_at > now))
}

/// What is known of a log-in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Login {
    pub user: Option<UserId>,
    pub device: Option<String>,
    pub address: Option<String>,
    pub begun_at: Option<Timestamp>,
}

/// Stores a new session. That of a user is stored only if they are not disabled and the proof stands for their password:
/// a new password, disabling them, and ending their link with the provider at which they logged in, ends a log-in that is under
/// way, too. `actor`: the user whose session it is, or the system.
///
/// Returns whether it is stored.
pub async fn begin(
    engine: &Engine,
    actor: &Actor,
    id: &str,
    data: &str,
    login: Login,
    proven: Option<&Proof>,
    expires_at: Timestamp,
) -> Result<bool> {
    let tx = engine.transaction(actor).await?;
    if let Some(id) = login.user {
        // Whoever changes the row deletes the sessions afterwards, and waits for this one.
        let user = user::Entity::find_by_id(id.uuid()).lock_shared().one(&tx).await?;
        let is_theirs = |user: &user::Model| {
            user.disabled_at.is_none() && proven.is_some_and(|proven| proven.by == proof(&user.password_hash))
        };
        if !user.as_ref().is_some_and(is_theirs) {
            return Ok(false);
        }
        if proven.is_some_and(|proven| proven.provider.is_some()) {
            let links = sign_on_link::Entity::find().filter(sign_on_link::Column::PersonId.eq(id.uuid()));
            if links.one(&tx).await?.is_none() {
                return Ok(false);
            }
        }
        if let Some(proven) = proven.filter(|proven| proven.logs_in) {
            tx.audit("person.log_in", Subject::User(id.uuid()), proven.provider.clone());
        }
    }
    let row = web_session::Model {
        id_hash: sha256(id),
        person_id: login.user.map(UserId::uuid),
        data: data.to_owned(),
        expires_at: expires_at.millis(),
        device: login.device,
        address: login.address,
        begun_at: login.begun_at.map(Timestamp::millis),
        seen_at: Some(engine.clock().now().millis()),
    };
    web_session::Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Replaces what a session holds, if it still exists.
pub async fn replace(engine: &Engine, id: &str, data: &str, expires_at: Timestamp) -> Result<()> {
    use web_session::Column;
    let tx = engine.db.write().await?;
    web_session::Entity::update_many()
        .col_expr(Column::Data, Expr::value(data))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
        .col_expr(Column::SeenAt, Expr::value(engine.clock().now().millis()))
        .filter(Column::IdHash.eq(sha256(id)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Lets a session live longer, if it still exists: a log-out at the same moment is not undone.
pub async fn renew(engine: &Engine, id: &str, expires_at: Timestamp) -> Result<()> {
    let tx = engine.db.write().await?;
    web_session::Entity::update_many()
        .col_expr(web_session::Column::ExpiresAt, Expr::value(expires_at.millis()))
        .col_expr(
            web_session::Column::SeenAt,
            Expr::value(engine.clock().now().millis()),
        )
        .filter(web_session::Column::IdHash.eq(sha256(id)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that the actor logs out here; the web session ends with [`delete`].
pub async fn note_log_out(engine: &Engine, me: &Me) -> Result<()> {
    let tx = engine.transaction(&Actor::User(me.clone())).await?;
    tx.audit("person.log_out", Subject::User(me.id.uuid()), None);
    tx.commit().await
}

pub async fn delete(engine: &Engine, id: &str) -> Result<()> {
    let tx = engine.db.write().await?;
    web_session::Entity::delete_by_id(sha256(id)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Logs the actor out everywhere.
pub async fn log_out_everywhere(engine: &Engine, actor: &Actor) -> Result<()> {
    let user = actor.user()?;
    let tx = engine.transaction(actor).await?;
    delete_all(&tx, user).await?;
    tx.audit("person.log_out_everywhere", Subject::User(user.uuid()), None);
    tx.commit().await
}

/// Where the actor is logged in, the one that asks first, then the one used last. `current`: its id.
pub async fn own(engine: &Engine, actor: &Actor, current: Option<&str>) -> Result<Vec<LoginView>> {
    let user = actor.user()?;
    let current = current.map(sha256);
    let rows = web_session::Entity::find()
        .filter(web_session::Column::PersonId.eq(user.uuid()))
        .filter(web_session::Column::ExpiresAt.gt(engine.clock().now().millis()))
        .order_by_desc(web_session::Column::SeenAt)
        .limit(MOST_SHOWN)
        .all(engine.db.read())
        .await?;
    let mut shown: Vec<_> = rows
        .into_iter()
        .map(|row| view(row, current.as_deref()))
        .collect();
    shown.sort_by_key(|login| !login.current);
    Ok(shown)
}

fn view(row: web_session::Model, current: Option<&str>) -> LoginView {
    LoginView {
        current: current == Some(row.id_hash.as_str()),
        id: row.id_hash,
        device: row.device,
        address: row.address,
        begun_at: row.begun_at.map(Timestamp::from_millis),
        seen_at: row.seen_at.map(Timestamp::from_millis),
    }
}

/// Logs the actor out in one browser. One that is not theirs, or not logged in any more, is left as it is.
pub async fn end_own(engine: &Engine, actor: &Actor, id: &str) -> Result<()> {
    let user = actor.user()?;
    let tx = engine.transaction(actor).await?;
    let ended = web_session::Entity::delete_many()
        .filter(web_session::Column::IdHash.eq(id))
        .filter(web_session::Column::PersonId.eq(user.uuid()))
        .exec(&tx)
        .await?;
    if ended.rows_affected > 0 {
        tx.audit("person.log_out_browser", Subject::User(user.uuid()), None);
    }
    tx.commit().await
}

/// Logs a user out everywhere else. `current`: the id of the web session that stays.
pub(crate) async fn delete_others(
    tx: &impl ConnectionTrait,
    user: UserId,
    current: Option<&str>,
) -> Result<()> {
    let others = web_session::Entity::delete_many()
        .filter(web_session::Column::PersonId.eq(user.uuid()))
        .filter(web_session::Column::IdHash.ne(current.map(sha256).unwrap_or_default()));
    others.exec(tx).await?;
    Ok(())
}

pub(crate) async fn delete_all(tx: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let deleted = web_session::Entity::delete_many()
        .filter(web_session::Column::PersonId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}
