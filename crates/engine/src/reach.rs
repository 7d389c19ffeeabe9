//! How far a token reaches that is bound to one channel or to one queue: what this leaves of the rows. Which permissions it
//! leaves, says [`Bound::allows`]. What is not within reach does not exist for the token.

use crate::entity::{channel, session};
use domain::{
    access::{Actor, Bound},
    channel::Destination,
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, Condition, sea_query::Expr};

/// The sessions within reach. One that was picked up from its queue is still of this queue.
pub(crate) fn sessions(bound: Bound) -> Condition {
    use session::Column;
    Condition::all().add(match bound {
        Bound::Channel(id) => Column::ChannelId.eq(id.uuid()),
        Bound::Queue(id) => Column::QueueId.eq(id.uuid()),
    })
}

/// The channels within the actor's reach: sessions of a queue come from several, and none of these is the queue's.
pub(crate) fn channels(actor: &Actor) -> Condition {
    match actor.bound() {
        None => Condition::all(),
        Some(Bound::Channel(id)) => Condition::all().add(channel::Column::Id.eq(id.uuid())),
        Some(Bound::Queue(_)) => Condition::all().add(Expr::value(false)),
    }
}

/// Refuses to give a session to another queue than that to which the token is bound: it would reach beyond it, and not see
/// what it has done.
///
/// # Errors
/// `Forbidden`
pub(crate) fn to_destination(actor: &Actor, to: Destination) -> Result<(), Refusal> {
    match (actor.bound(), to) {
        (Some(Bound::Queue(own)), Destination::Queue(other)) if own != other => Err(Refusal::Forbidden),
        _ => Ok(()),
    }
}

/// Refuses a channel that is not within the actor's reach.
///
/// # Errors
/// `NotFound`
pub(crate) fn to_channel(actor: &Actor, id: ChannelId) -> Result<(), Refusal> {
    match actor.bound() {
        None => Ok(()),
        Some(Bound::Channel(own)) if own == id => Ok(()),
        Some(_) => Err(Refusal::NotFound),
    }
}
