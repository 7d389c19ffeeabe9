//! Meta has just made its handshake: what was found of the subscriptions before is no longer so, for every channel of
//! the same Meta app.

use super::records;
use crate::{
    Engine, Result,
    credentials::secrets,
    entity::{channel, channel_finding},
};
use domain::{
    doctor::{Check, Seen, State},
    ids::ChannelId,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};

/// What a handshake has to do with.
const OUTDATED: [Check; 4] = [
    Check::WabaSubscription,
    Check::MessagesField,
    Check::Callback,
    Check::Webhook,
];

/// The next examination of the channels that are returned is due. The worker is not woken for it: Meta saves the
/// address only after our answer.
pub(crate) async fn outdate(e: &Engine, tx: &DatabaseTransaction, id: ChannelId) -> Result<Vec<ChannelId>> {
    e.rounds.outdate();
    use channel_finding::Column;
    let signers = secrets::signers(tx, id).await?;
    let fingerprints: Vec<&str> = signers.iter().map(|(_, row)| row.fingerprint.as_str()).collect();
    let connected = records::channel(tx, id).await?;
    let kin = records::kin(tx, &connected, &fingerprints).await?;
    let ids: Vec<_> = kin.into_iter().map(|channel| channel.id).collect();
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(Option::<i64>::None))
        .filter(channel::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    let never = serde_json::to_string(&Seen::Never).unwrap_or_default();
    channel_finding::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Unknown.as_str()))
        .col_expr(Column::Seen, Expr::value(never))
        .filter(Column::ChannelId.is_in(ids.iter().copied()))
        .filter(Column::Name.is_in(OUTDATED.map(Check::as_str)))
        .exec(tx)
        .await?;
    Ok(ids.into_iter().map(ChannelId::new).collect())
}
