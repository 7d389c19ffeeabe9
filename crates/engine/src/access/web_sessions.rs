//! Browsers that are logged in. The database holds the SHA-256 of a session's id: a stolen copy opens nothing.

use crate::{Engine, Result, access::api_tokens::sha256, entity::web_session};
use domain::{ids::UserId, time::Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};

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

/// Creates or replaces.
pub async fn save(
    engine: &Engine,
    id: &str,
    data: &str,
    user: Option<UserId>,
    expires_at: Timestamp,
) -> Result<()> {
    use web_session::Column;
    let row = web_session::Model {
        id_hash: sha256(id),
        person_id: user.map(UserId::uuid),
        data: data.to_owned(),
        expires_at: expires_at.millis(),
    };
    let replace = OnConflict::column(Column::IdHash)
        .update_columns([Column::PersonId, Column::Data, Column::ExpiresAt])
        .to_owned();
    let tx = engine.db.write().await?;
    web_session::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Lets a session live longer, if it still exists: a log-out at the same moment is not undone.
pub async fn renew(engine: &Engine, id: &str, expires_at: Timestamp) -> Result<()> {
    let tx = engine.db.write().await?;
    web_session::Entity::update_many()
        .col_expr(web_session::Column::ExpiresAt, Expr::value(expires_at.millis()))
        .filter(web_session::Column::IdHash.eq(sha256(id)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub async fn delete(engine: &Engine, id: &str) -> Result<()> {
    let tx = engine.db.write().await?;
    web_session::Entity::delete_by_id(sha256(id)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Logs a user out everywhere. Returns the number of browsers.
pub async fn delete_all_of(engine: &Engine, user: UserId) -> Result<u64> {
    let tx = engine.db.write().await?;
    let deleted = delete_all(&tx, user).await?;
    tx.commit().await?;
    Ok(deleted)
}

pub(crate) async fn delete_all(tx: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let deleted = web_session::Entity::delete_many()
        .filter(web_session::Column::PersonId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}
