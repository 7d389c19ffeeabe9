//! The costs of a month, and whether its budget is spent.

use crate::{
    Engine, Error, Result,
    costs::settings,
    entity::{channel, message_cost},
    reach,
};
use domain::{
    access::{Actor, Permission},
    cost::{ChannelMonth, Counter, Month, MonthCosts, RateTable, Sum, costs_of},
    form::Problem,
    ids::ChannelId,
    refs::ChannelRef,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The costs of a month, by channel in the order of names; those that were deleted since are among them. Without a
/// month, of this one.
///
/// # Errors
/// `Forbidden`
pub async fn month(engine: &Engine, actor: &Actor, month: Option<Month>) -> Result<MonthCosts> {
    actor.reaches_everything()?;
    read(engine, actor, month, None).await
}

/// The costs of one channel in a month. There is no budget in it: that is of all channels together.
///
/// # Errors
/// `Forbidden`; `NotFound` also for a channel that was deleted and has no costs in this month.
pub async fn month_of(
    engine: &Engine,
    actor: &Actor,
    channel: ChannelId,
    month: Option<Month>,
) -> Result<MonthCosts> {
    actor.require(Permission::CostRead)?;
    reach::to_channel(actor, channel)?;
    let costs = read(engine, actor, month, Some(channel)).await?;
    match costs.channels.is_empty() {
        true => Err(Refusal::NotFound.into()),
        false => Ok(MonthCosts {
            budget: None,
            ..costs
        }),
    }
}

async fn read(
    engine: &Engine,
    actor: &Actor,
    month: Option<Month>,
    only: Option<ChannelId>,
) -> Result<MonthCosts> {
    actor.require(Permission::CostRead)?;
    let db = engine.db.read();
    let current = Month::of(engine.clock().now());
    let month = month.unwrap_or(current);
    let row = settings::row(db).await?;
    let stored = settings::view(&row)?;
    let mut counters = counters(db, month, only).await?;
    // A few: every channel that is in use is shown, even if nothing was sent.
    let channels = channel::Entity::find()
        .filter(Condition::all().add_option(only.map(|only| channel::Column::Id.eq(only.uuid()))))
        .order_by_asc(channel::Column::Name)
        .order_by_asc(channel::Column::Id)
        .all(db)
        .await?;
    let channels: Vec<ChannelMonth> = channels
        .into_iter()
        .filter_map(|channel| {
            let counters = counters.remove(&channel.id);
            if counters.is_none() && channel.deleted_at.is_some() {
                return None;
            }
            Some(ChannelMonth {
                costs: costs_of(counters.unwrap_or_default(), &stored.rates),
                channel: ChannelRef {
                    id: ChannelId::new(channel.id),
                    name: channel.name,
                },
            })
        })
        .collect();
    let sums = channels.iter().map(|channel| channel.costs.sum);
    let sum = sums.fold(Sum::default(), Sum::and);
    let currency = stored.rates.currency;
    let budget = stored.budget.map(|budget| {
        let state = budget.state(&currency, sum);
        (budget, state)
    });
    Ok(MonthCosts {
        month,
        current,
        currency,
        rates_date: stored.rates.date,
        sum,
        channels,
        counted_since: row.counted_since.map(Timestamp::from_millis),
        budget,
    })
}

/// Whether the budget allows a template now.
///
/// # Errors
/// `BudgetSpent`
pub(crate) async fn may_send_template(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    let row = settings::row(db).await?;
    if !row.budget_stops_templates || row.budget_micros.is_none() {
        return Ok(());
    }
    let stored = settings::view(&row)?;
    let Some(budget) = stored.budget else {
        return Ok(());
    };
    let spent = spent(db, Month::of(now), &stored.rates).await?;
    match budget.stops_templates(&stored.rates.currency, spent) {
        true => Err(Refusal::BudgetSpent {
            budget: budget.amount.to_string(),
        }
        .into()),
        false => Ok(()),
    }
}

async fn spent(db: &impl ConnectionTrait, month: Month, rates: &RateTable) -> Result<Sum> {
    let channels = counters(db, month, None).await?.into_values();
    let sums = channels.map(|counters| costs_of(counters, rates).sum);
    Ok(sums.fold(Sum::default(), Sum::and))
}

/// The counters of a month, by channel.
async fn counters(
    db: &impl ConnectionTrait,
    month: Month,
    only: Option<ChannelId>,
) -> Result<BTreeMap<Uuid, Vec<Counter>>> {
    use message_cost::Column;
    let rows = message_cost::Entity::find()
        .filter(Column::Month.eq(month.to_string()))
        .filter(Column::Messages.gt(0))
        .filter(Condition::all().add_option(only.map(|only| Column::ChannelId.eq(only.uuid()))))
        .order_by_asc(Column::Country)
        .order_by_asc(Column::Category)
        .order_by_asc(Column::Charge)
        .all(db)
        .await?;
    let mut channels: BTreeMap<Uuid, Vec<Counter>> = BTreeMap::new();
    for row in rows {
        channels.entry(row.channel_id).or_default().push(Counter {
            country: row.country.parse().ok(),
            category: row.category.parse().map_err(corrupt)?,
            charge: row.charge.parse().map_err(corrupt)?,
            messages: u64::try_from(row.messages).unwrap_or(0),
        });
    }
    Ok(channels)
}

fn corrupt(problem: Problem) -> Error {
    Error::Corrupt(format!("a counter of the costs: {problem:?}"))
}
