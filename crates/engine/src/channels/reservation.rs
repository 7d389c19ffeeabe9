//! The webhook address and verify token of a channel that is being set up. They are shown before anything is saved, and
//! Meta may verify them by then; the channel itself begins with the first save, so that an abandoned set-up leaves no
//! channel behind. Each user has one reservation, which the next set-up takes up again.

use crate::{Engine, Result, entity::channel_reservation, random};
use domain::{
    access::Actor,
    channel::{Badge, ChannelView, Sending, TokenState},
    ids::ChannelId,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::time::Duration;

/// A set-up that nobody continues for this long expires.
const LIVES: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The name with which the form is filled in at first.
pub(super) const NAME: &str = "WhatsApp";

/// The actor's reservation; creates one when there is none.
pub(super) async fn of(engine: &Engine, tx: &DatabaseTransaction, actor: &Actor) -> Result<ChannelId> {
    use channel_reservation::Column;
    let reserved_by = match actor {
        Actor::User(me) => format!("person:{}", me.id),
        Actor::Token { name, .. } => format!("token:{name}"),
        Actor::System => "system".to_owned(),
    };
    let new = channel_reservation::Model {
        id: engine.clock().new_id(),
        webhook_id: random::token(),
        verify_token: random::token(),
        handshake_at: None,
        reserved_by: reserved_by.clone(),
        created_at: engine.clock().now().millis(),
    };
    channel_reservation::Entity::insert(new.clone().into_active_model())
        .on_conflict(
            OnConflict::column(Column::ReservedBy)
                .update_column(Column::CreatedAt)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    let reserved = channel_reservation::Entity::find()
        .filter(Column::ReservedBy.eq(reserved_by))
        .one(tx)
        .await?;
    Ok(ChannelId::new(reserved.map_or(new.id, |reserved| reserved.id)))
}

/// Takes the reservation, because its channel begins. Of several saves at once, one gets it; the others wait for that
/// transaction and find none. The same holds for a handshake or a new verify token that comes meanwhile.
pub(super) async fn take(
    tx: &DatabaseTransaction,
    id: ChannelId,
) -> Result<Option<channel_reservation::Model>> {
    let reserved = channel_reservation::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(tx)
        .await?;
    channel_reservation::Entity::delete_by_id(id.uuid())
        .exec(tx)
        .await?;
    Ok(reserved)
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    id: ChannelId,
) -> Result<Option<channel_reservation::Model>> {
    Ok(channel_reservation::Entity::find_by_id(id.uuid()).one(db).await?)
}

pub(crate) async fn at_address(
    db: &impl ConnectionTrait,
    webhook_id: &str,
) -> Result<Option<channel_reservation::Model>> {
    Ok(channel_reservation::Entity::find()
        .filter(channel_reservation::Column::WebhookId.eq(webhook_id))
        .one(db)
        .await?)
}

/// Notes that Meta has verified the address; returns whether it belongs to a reservation and not to a channel.
pub(crate) async fn verified(tx: &DatabaseTransaction, id: ChannelId, now: i64) -> Result<bool> {
    let updated = channel_reservation::Entity::update_many()
        .col_expr(channel_reservation::Column::HandshakeAt, Expr::value(now))
        .filter(channel_reservation::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected > 0)
}

/// Gives the reservation another verify token; returns whether there is one with this id.
pub(super) async fn rotate(tx: &DatabaseTransaction, id: ChannelId) -> Result<bool> {
    let updated = channel_reservation::Entity::update_many()
        .col_expr(
            channel_reservation::Column::VerifyToken,
            Expr::value(random::token()),
        )
        .filter(channel_reservation::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected > 0)
}

pub(crate) async fn forget(tx: &DatabaseTransaction, now: Timestamp) -> Result<()> {
    channel_reservation::Entity::delete_many()
        .filter(channel_reservation::Column::CreatedAt.lt(now.minus(LIVES).millis()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel as its editor shows it before the first save.
pub(super) fn view(engine: &Engine, reserved: channel_reservation::Model) -> ChannelView {
    ChannelView {
        id: ChannelId::new(reserved.id),
        version: 0,
        name: NAME.to_owned(),
        webhook_url: super::webhook_url(engine, &reserved.webhook_id),
        verify_token: reserved.verify_token,
        access_token_end: None,
        app_secret_end: None,
        next_app_secret_end: None,
        phone_number: None,
        phone_number_id: None,
        waba_id: None,
        destination: None,
        fallback: None,
        sending: Sending::default(),
        paused: false,
        badge: Badge::Draft,
        degraded_by: Vec::new(),
        webhook_seen_at: reserved.handshake_at.map(Timestamp::from_millis),
        last_inbound_at: None,
        token: TokenState::Unknown,
        token_checked_at: None,
        token_answer: None,
    }
}
