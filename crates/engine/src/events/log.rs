//! The events of a day, as rows. Numbers rise in the order of the commits: a reader of one number has missed none below
//! it.

use crate::{
    Error, Result,
    entity::event,
    events::{
        audience::{Audience, Hearers},
        deeds::{self, Deed, Deeds},
    },
};
use domain::{
    event::{Change, Reminder},
    ids::{ChannelId, MessageId, SessionId, WebhookId},
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};

/// Rows of one statement: SQLite takes 32,766 parameters.
const AT_ONCE: usize = 2000;
/// PostgreSQL's advisory lock of those who write events: "events" as a number.
const LOCK: i64 = 0x6576_656e_7473;

/// A parsed row.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) change: Change,
    pub(crate) audience: Audience,
    pub(crate) deeds: Vec<Deed>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Detail {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    inbound: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<Reminder>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "deeds::known"
    )]
    deeds: Vec<Deed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<WebhookId>,
}

/// Writes events as the last rows of a transaction. On PostgreSQL, transactions that write events commit one after the
/// other: otherwise a lower number could appear after a higher one, and a reader of the higher one would miss it. Deeds that no
/// event tells stay.
pub(crate) async fn write(
    tx: &DatabaseTransaction,
    at: i64,
    events: Vec<(Change, Audience)>,
    deeds: &mut Deeds,
) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
        tx.execute_unprepared(&lock).await?;
    }
    let rows = events
        .into_iter()
        .map(|(change, audience)| row(at, &change, &audience, deeds.told_by(&change)))
        .collect::<Result<Vec<_>>>()?;
    for rows in rows.chunks(AT_ONCE) {
        event::Entity::insert_many(rows.iter().cloned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(at: i64, change: &Change, audience: &Audience, deeds: Vec<Deed>) -> Result<event::ActiveModel> {
    let mut detail = Detail {
        deeds,
        ..Detail::default()
    };
    let (kind, session, message, channel) = match *change {
        Change::Session { session } => ("session", Some(session), None, None),
        Change::Read { session } => ("read", Some(session), None, None),
        Change::Message {
            session,
            message,
            inbound,
        } => {
            detail.inbound = inbound;
            ("message", Some(session), Some(message), None)
        }
        Change::Mention { session } => ("mention", Some(session), None, None),
        Change::Reminder { session, why } => {
            detail.why = Some(why);
            ("reminder", Some(session), None, None)
        }
        Change::Channel { channel } => ("channel", None, None, Some(channel)),
        Change::Directory => ("directory", None, None, None),
        Change::Presence => ("presence", None, None, None),
        Change::Countries => ("countries", None, None, None),
        Change::Templates => ("templates", None, None, None),
        Change::DeadLetter => ("dead_letter", None, None, None),
        Change::Webhook { webhook } => {
            detail.webhook = Some(webhook);
            ("webhook", None, None, None)
        }
        Change::Resync => ("resync", None, None, None),
    };
    let audience = match audience {
        Audience::Everybody => None,
        Audience::Some(hearers) => Some(json(hearers)?),
    };
    Ok(event::ActiveModel {
        number: NotSet,
        at: Set(at),
        kind: Set(kind.to_owned()),
        audience: Set(audience),
        session_id: Set(session.map(SessionId::uuid)),
        message_id: Set(message.map(MessageId::uuid)),
        channel_id: Set(channel.map(ChannelId::uuid)),
        detail: Set((detail != Detail::default()).then(|| json(&detail)).transpose()?),
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(format!("an event: {error}")))
}

/// The oldest events after this number.
pub(crate) async fn after(db: &impl ConnectionTrait, number: u64, many: u64) -> Result<Vec<Logged>> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let rows = event::Entity::find()
        .filter(event::Column::Number.gt(number))
        .order_by_asc(event::Column::Number)
        .limit(many)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(logged).collect())
}

/// Parses a row. One of a newer version that this one does not know means: read everything again.
fn logged(row: event::Model) -> Logged {
    let detail = row.detail.as_deref().map(serde_json::from_str).transpose();
    let detail: Detail = detail.ok().flatten().unwrap_or_default();
    let change = match (row.kind.as_str(), row.session_id, row.message_id, row.channel_id) {
        ("session", Some(session), ..) => Change::Session {
            session: SessionId::new(session),
        },
        ("read", Some(session), ..) => Change::Read {
            session: SessionId::new(session),
        },
        ("message", Some(session), Some(message), _) => Change::Message {
            session: SessionId::new(session),
            message: MessageId::new(message),
            inbound: detail.inbound,
        },
        ("mention", Some(session), ..) => Change::Mention {
            session: SessionId::new(session),
        },
        ("reminder", Some(session), ..) => match detail.why {
            Some(why) => Change::Reminder {
                session: SessionId::new(session),
                why,
            },
            None => Change::Resync,
        },
        ("channel", .., Some(channel)) => Change::Channel {
            channel: ChannelId::new(channel),
        },
        ("directory", ..) => Change::Directory,
        ("presence", ..) => Change::Presence,
        ("templates", ..) => Change::Templates,
        ("countries", ..) => Change::Countries,
        ("dead_letter", ..) => Change::DeadLetter,
        ("webhook", ..) => match detail.webhook {
            Some(webhook) => Change::Webhook { webhook },
            None => Change::Resync,
        },
        _ => Change::Resync,
    };
    let hearers = row.audience.as_deref().map(serde_json::from_str::<Hearers>);
    let audience = match (&change, hearers) {
        (Change::Resync, _) | (_, None) => Audience::Everybody,
        // Only those who see everything hear of an event whose audience cannot be read.
        (_, Some(hearers)) => Audience::Some(hearers.unwrap_or_default()),
    };
    Logged {
        number: row.number.unsigned_abs(),
        at: Timestamp::from_millis(row.at),
        change,
        audience,
        deeds: detail.deeds,
    }
}

/// The number of the newest event; 0 when there was none yet. Retention keeps the newest row.
pub(crate) async fn newest(db: &impl ConnectionTrait) -> Result<u64> {
    let query = event::Entity::find().order_by_desc(event::Column::Number);
    Ok(number_of(query.one(db).await?))
}

/// Whether all events after this number are kept, and the number of the newest one. A number from before the database was
/// restored is meaningless.
pub(super) async fn keeps_after(db: &impl ConnectionTrait, number: u64) -> Result<(bool, u64)> {
    let newest = newest(db).await?;
    let kept = number <= newest && (number == newest || number + 1 >= oldest(db).await?);
    Ok((kept, newest))
}

/// The number of the oldest event that is kept; 0 when there was none yet.
async fn oldest(db: &impl ConnectionTrait) -> Result<u64> {
    let query = event::Entity::find().order_by_asc(event::Column::Number);
    Ok(number_of(query.one(db).await?))
}

fn number_of(row: Option<event::Model>) -> u64 {
    row.map_or(0, |row| row.number.unsigned_abs())
}

/// Deletes up to `many` of the oldest events that are older than `before`, but never the newest: its number is still
/// needed, nor one after `told`, of which webhooks are yet to be told. Returns how many it deleted.
pub(crate) async fn forget(
    tx: &DatabaseTransaction,
    before: i64,
    told: Option<u64>,
    many: u64,
) -> Result<u64> {
    let newest = newest(tx).await?;
    let end = newest.min(told.map_or(newest, |told| told.saturating_add(1)));
    let end = i64::try_from(end).unwrap_or(i64::MAX);
    let oldest: Vec<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::Number)
        .order_by_asc(event::Column::Number)
        .limit(many)
        .into_tuple()
        .all(tx)
        .await?;
    let gone = event::Entity::delete_many()
        .filter(event::Column::Number.is_in(oldest))
        .filter(event::Column::At.lt(before))
        .filter(event::Column::Number.lt(end))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}
