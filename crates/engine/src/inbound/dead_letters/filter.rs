//! Which dead letters a filter means.

use crate::{Engine, database::storable, entity::dead_letter};
use domain::dead_letter::Filter;
use sea_orm::{ColumnTrait, Condition};

pub(super) fn matching(engine: &Engine, filter: &Filter) -> Condition {
    use dead_letter::Column;
    let since = filter
        .within
        .map(|within| engine.clock().now().minus(within.duration()).millis());
    Condition::all()
        .add_option(filter.reason.map(|reason| Column::Reason.eq(reason.as_str())))
        .add_option(filter.channel.map(|id| Column::ChannelId.eq(id.uuid())))
        .add_option(
            filter
                .phone_number_id
                .as_deref()
                .map(|number| Column::PhoneNumberId.eq(storable(number.to_owned()))),
        )
        .add_option(since.map(|since| Column::At.gte(since)))
}
