//! The browsers that want pushes. A subscription belongs to a log-in: its row goes with that of the log-in.

use crate::{
    Engine, Result,
    access::api_tokens::sha256,
    config::PushServices,
    entity::{
        push_subscription::{self, Column},
        web_session,
    },
    push::{
        encryption::{Keys, encrypt},
        endpoint::endpoint,
        sender::{begin_now, identity},
    },
};
use domain::{
    access::Actor,
    form::{Invalid, Problem},
    language::Language,
    push::Subscription,
    refusal::Refusal,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

/// Subscriptions of one user; the oldest makes room for a new one.
const MOST: u64 = 10;

/// The key to which browsers subscribe, as base64url; `None` if the settings allow no pushes.
///
/// # Errors
/// The actor is no user.
pub async fn public_key(engine: &Engine, actor: &Actor) -> Result<Option<String>> {
    actor.user()?;
    match engine.push.services {
        PushServices::None => Ok(None),
        PushServices::Public | PushServices::Any => Ok(Some(identity(engine).await?.public.clone())),
    }
}

/// Pushes to this browser from now on, in place of what it subscribed to before, as long as it is logged in. `login` is the
/// id of its log-in.
///
/// # Errors
/// The actor is no user, or is logged out meanwhile, or the browser named what no browser does.
pub async fn subscribe(
    engine: &Engine,
    actor: &Actor,
    login: &str,
    form: &Subscription,
    language: Language,
) -> Result<()> {
    let user = actor.user()?;
    check(engine, form)?;
    // The row that tells how far the news went.
    identity(engine).await?;
    let login_hash = sha256(login);
    let of_endpoint =
        || push_subscription::Entity::find().filter(Column::Endpoint.eq(form.endpoint.as_str()));
    let wanted = |known: Option<&push_subscription::Model>| push_subscription::Model {
        id: known.map_or_else(|| engine.clock().new_id(), |known| known.id),
        user_id: user.uuid(),
        login_hash: login_hash.clone(),
        endpoint: form.endpoint.clone(),
        p256dh: form.p256dh.clone(),
        auth: form.auth.clone(),
        language: language.as_str().to_owned(),
        created_at: known.map_or_else(|| engine.clock().now().millis(), |known| known.created_at),
        succeeded_at: known.and_then(|known| known.succeeded_at),
    };
    // Each page that is loaded says so again.
    let known = of_endpoint().one(engine.db.read()).await?;
    if known.is_some() && known == Some(wanted(known.as_ref())) {
        return Ok(());
    }
    let tx = engine.transaction_alone(actor).await?;
    let log_in = web_session::Entity::find_by_id(&login_hash).one(&tx).await?;
    if log_in.and_then(|log_in| log_in.person_id) != Some(user.uuid()) {
        return Err(Refusal::Forbidden.into());
    }
    let known = of_endpoint().one(&tx).await?;
    if known.is_none() && push_subscription::Entity::find().limit(1).count(&tx).await? == 0 {
        begin_now(&tx).await?;
    }
    let row = wanted(known.as_ref()).into_active_model();
    if known.is_some() {
        push_subscription::Entity::update(row.reset_all())
            .exec(&tx)
            .await?;
    } else {
        push_subscription::Entity::insert(row)
            .exec_without_returning(&tx)
            .await?;
    }
    let newest = push_subscription::Entity::find()
        .filter(Column::UserId.eq(user.uuid()))
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .limit(MOST)
        .into_tuple::<Uuid>();
    let newest = newest.all(&tx).await?;
    push_subscription::Entity::delete_many()
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Id.is_not_in(newest))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// # Errors
/// The actor is no user.
pub async fn unsubscribe(engine: &Engine, actor: &Actor, endpoint: &str) -> Result<()> {
    let user = actor.user()?;
    let tx = engine.transaction(actor).await?;
    push_subscription::Entity::delete_many()
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Endpoint.eq(endpoint))
        .exec(&tx)
        .await?;
    tx.commit().await
}

fn check(engine: &Engine, form: &Subscription) -> std::result::Result<(), Invalid> {
    form.check()?;
    endpoint(&form.endpoint, engine.push.services)
        .ok_or_else(|| Invalid::field("endpoint", Problem::Malformed))?;
    Keys::of(&form.p256dh, &form.auth)
        .and_then(|keys| encrypt(b"", &keys))
        .ok_or_else(|| Invalid::field("p256dh", Problem::Malformed))?;
    Ok(())
}
