//! Meta has just made its handshake: earlier findings about the subscriptions are outdated, for every channel of the
//! same Meta app.

use super::{outdate, records};
use crate::{
    Result,
    credentials::secrets,
    entity::{channel, channel_finding},
    events::Audience,
    transaction::Transaction,
};
use domain::{
    doctor::{Check, Seen, State},
    event::Change,
    ids::ChannelId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// The checks that a handshake affects.
const OUTDATED: [Check; 4] = [
    Check::WabaSubscription,
    Check::MessagesField,
    Check::Callback,
    Check::Webhook,
];

/// Makes the next examination of these channels due. The worker is not woken for it, because Meta saves the address
/// only after it has the answer.
pub(crate) async fn outdate(tx: &Transaction, id: ChannelId) -> Result<()> {
    outdate::running_examinations(tx);
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
    for id in ids {
        let channel = ChannelId::new(id);
        tx.changed(Change::Channel { channel }, Audience::Everybody);
    }
    Ok(())
}
