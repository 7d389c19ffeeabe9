//! API tokens: shown once, kept as SHA-256. They are random, so a fast hash is enough.

use crate::{
    Engine, Result,
    access::{login_throttle::network, token_bounds, token_text},
    audit::{Subject, refusal_rate::Kind, refusals, request},
    entity::{api_token, stored, token_address},
    shared_reads::Question,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Bound, BoundRef, Permission, TokenForm, TokenRow},
    form::Problem,
    ids::TokenId,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest, Sha256};
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// When a token was used is written down only after this long, so that not every request writes.
const NOTE_AFTER: Duration = Duration::from_secs(5 * 60);

pub(crate) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Those that work, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<TokenRow>> {
    rows(engine, actor, works(engine.clock().now())).await
}

/// Those that have expired, by name, without those that somebody has revoked.
pub async fn expired(engine: &Engine, actor: &Actor) -> Result<Vec<TokenRow>> {
    rows(engine, actor, has_expired(engine.clock().now())).await
}

async fn rows(engine: &Engine, actor: &Actor, which: Condition) -> Result<Vec<TokenRow>> {
    actor.require(Permission::TokenChange)?;
    let tokens = api_token::Entity::find()
        .filter(which)
        .order_by_asc(api_token::Column::Name)
        .order_by_asc(api_token::Column::Id)
        .all(engine.db.read())
        .await?;
    let bounds = token_bounds::all(engine.db.read()).await?;
    tokens.into_iter().map(|token| row(token, &bounds)).collect()
}

fn row(token: api_token::Model, bounds: &[BoundRef]) -> Result<TokenRow> {
    let bound = token.bound()?.map(|bound| {
        let found = bounds.iter().find(|one| one.bound == bound).cloned();
        found.unwrap_or_else(|| BoundRef {
            bound,
            name: String::new(),
            deleted: true,
        })
    });
    Ok(TokenRow {
        bound,
        id: TokenId::new(token.id),
        name: token.name,
        scope: stored(&token.scope)?,
        created_at: Timestamp::from_millis(token.created_at),
        expires_at: token.expires_at.map(Timestamp::from_millis),
        used_at: token.used_at.map(Timestamp::from_millis),
    })
}

fn works(now: Timestamp) -> Condition {
    use api_token::Column;
    let lives = Condition::any()
        .add(Column::ExpiresAt.is_null())
        .add(Column::ExpiresAt.gt(now.millis()));
    Condition::all().add(Column::RevokedAt.is_null()).add(lives)
}

fn has_expired(now: Timestamp) -> Condition {
    let expired = api_token::Column::ExpiresAt.lte(now.millis());
    let unrevoked = api_token::Column::RevokedAt.is_null();
    Condition::all().add(unrevoked).add(expired)
}

/// A new token, which cannot be shown again.
pub async fn create(engine: &Engine, actor: &Actor, form: &TokenForm) -> Result<String> {
    let token = token_text::new();
    store(engine, actor, form, &token, Given::default()).await?;
    Ok(token)
}

/// A text that [`create_given`] takes. It opens nothing before that.
pub fn made_up() -> SecretString {
    token_text::new().into()
}

/// What is known of a token whose text its user has already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// When it expires, unless the form says after how many days; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// The token that it replaces, which is revoked.
    pub replaced: Option<TokenId>,
}

/// A new token whose text its user has already, such as one that several installations share.
///
/// # Errors
/// `NotAToken` when the text is not spelled as a token, `Taken` when it is or was another one's.
pub async fn create_given(
    engine: &Engine,
    actor: &Actor,
    form: &TokenForm,
    token: &SecretString,
    given: Given,
) -> Result<()> {
    match token_text::is_one(token.expose_secret()) {
        true => store(engine, actor, form, token.expose_secret(), given).await,
        false => Err(Refusal::field("token", Problem::NotAToken).into()),
    }
}

/// Whether the token with this id has this text.
pub async fn is_text_of(engine: &Engine, actor: &Actor, id: TokenId, token: &SecretString) -> Result<bool> {
    actor.require(Permission::TokenChange)?;
    let found = api_token::Entity::find_by_id(id.uuid())
        .one(engine.db.read())
        .await?;
    Ok(found.is_some_and(|found| found.token_hash == sha256(token.expose_secret())))
}

/// When the token with this text expired; `None` if it works, was revoked, or is unknown.
pub async fn expired_at(engine: &Engine, actor: &Actor, token: &SecretString) -> Result<Option<Timestamp>> {
    actor.require(Permission::TokenChange)?;
    let of_text = api_token::Column::TokenHash.eq(sha256(token.expose_secret()));
    let which = has_expired(engine.clock().now()).add(of_text);
    let found = api_token::Entity::find().filter(which);
    let found = found.one(engine.db.read()).await?;
    Ok(found.and_then(|row| row.expires_at).map(Timestamp::from_millis))
}

async fn store(engine: &Engine, actor: &Actor, form: &TokenForm, token: &str, given: Given) -> Result<()> {
    actor.require(Permission::TokenChange)?;
    // A token that is revoked would live on in those that it had made.
    if let Actor::Token { .. } = actor {
        return Err(Refusal::Forbidden.into());
    }
    let new = form.check()?;
    let now = engine.clock().now();
    let expires_at = new.days.map(|days| now.plus(DAY * days)).or(given.expires_at);
    let row = api_token::Model {
        id: engine.clock().new_id(),
        name: new.name,
        scope: new.scope.as_str().to_owned(),
        token_hash: sha256(token),
        created_at: now.millis(),
        revoked_at: None,
        expires_at: expires_at.map(Timestamp::millis),
        used_at: None,
        channel_id: match new.bound {
            Some(Bound::Channel(id)) => Some(id.uuid()),
            _ => None,
        },
        queue_id: match new.bound {
            Some(Bound::Queue(id)) => Some(id.uuid()),
            _ => None,
        },
    };
    let tx = engine.transaction(actor).await?;
    let detail = match new.bound {
        None => format!("{} ({})", row.name, row.scope),
        Some(bound) => {
            let found = token_bounds::find(&tx, bound).await?;
            format!("{} ({}, {bound} {})", row.name, row.scope, found.name)
        }
    };
    let same = api_token::Entity::find().filter(api_token::Column::TokenHash.eq(row.token_hash.as_str()));
    if same.one(&tx).await?.is_some() {
        return Err(Refusal::field("token", Problem::Taken).into());
    }
    if let Some(id) = given.replaced {
        end(&tx, id).await?;
    }
    tx.audit("token.create", Subject::Token(row.id), Some(detail));
    api_token::Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await
}

/// From now on nobody gets in with it. One that is revoked stays revoked.
pub async fn revoke(engine: &Engine, actor: &Actor, id: TokenId) -> Result<()> {
    actor.require(Permission::TokenChange)?;
    let tx = engine.transaction(actor).await?;
    end(&tx, id).await?;
    tx.commit().await
}

async fn end(tx: &Transaction, id: TokenId) -> Result<()> {
    let now = tx.engine().clock().now();
    let revoked = api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(now.millis()))
        .filter(api_token::Column::Id.eq(id.uuid()))
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if revoked.rows_affected > 0 {
        tx.audit("token.revoke", Subject::Token(id.uuid()), None);
    }
    Ok(())
}

/// The actor of a token; `None` when the token is unknown, revoked or expired.
pub async fn authenticate(engine: &Engine, token: &str) -> Result<Option<Actor>> {
    let found = match token_text::is_one(token) {
        true => {
            let hash = sha256(token);
            let read = that_works(engine, &hash);
            engine.token_reads.read(Question::of(&hash), read).await?
        }
        // Guesses cost no query.
        false => None,
    };
    let Some(found) = found else {
        refusals::note(engine, Kind::Token, "token.use", Subject::Api, None).await;
        return Ok(None);
    };
    let now = engine.clock().now();
    let noted = found.used_at.map(Timestamp::from_millis);
    let id = found.id;
    let actor = Actor::Token {
        id: TokenId::new(id),
        scope: stored(&found.scope)?,
        bound: found.bound()?,
        name: found.name,
    };
    request::made_by(&actor);
    if let Err(error) = note_address(engine, id, &actor).await {
        tracing::error!(%error, "from where an API token was used cannot be noted");
    }
    if noted.is_none_or(|noted| now.since(noted) >= NOTE_AFTER)
        && let Err(error) = note_use(engine, id, now).await
    {
        // The caller is who they are all the same.
        tracing::warn!(%error, "when an API token was used cannot be noted");
    }
    Ok(Some(actor))
}

/// Read for each question anew, so that one that is revoked, by whichever process, is refused at once.
async fn that_works(engine: &Engine, hash: &str) -> Result<Option<api_token::Model>> {
    let by_hash = api_token::Entity::find()
        .filter(api_token::Column::TokenHash.eq(hash))
        .filter(works(engine.clock().now()));
    Ok(by_hash.one(engine.db.read()).await?)
}

async fn note_use(engine: &Engine, id: Uuid, now: Timestamp) -> Result<()> {
    let tx = engine.db.write().await?;
    api_token::Entity::update_many()
        .col_expr(api_token::Column::UsedAt, Expr::value(now.millis()))
        .filter(api_token::Column::Id.eq(id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Notes from where this request uses the token; the first time from there is audited. Of an IPv6 address the network
/// counts.
async fn note_address(engine: &Engine, id: Uuid, actor: &Actor) -> Result<()> {
    let Some(address) = request::address().map(network) else {
        return Ok(());
    };
    if engine.token_addresses.has(id, address) {
        return Ok(());
    }
    let row = token_address::Model {
        token_id: id,
        address: address.to_string(),
        first_at: engine.clock().now().millis(),
    };
    let tx = engine.transaction(actor).await?;
    let inserted = token_address::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    if inserted > 0 {
        tx.audit("token.new_address", Subject::Token(id), None);
    }
    tx.commit().await?;
    engine.token_addresses.add(id, address);
    Ok(())
}
