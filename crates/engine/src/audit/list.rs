//! The audit log as administrators read it: the newest row first, by filters.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{api_token, audit, canned_reply, channel, extension, label, queue, stored, user, webhook},
};
use domain::{
    access::{
        Actor, AuditAbout, AuditActor, AuditFilter, AuditRow, AuditSubject, LOG_IN_ACTIONS, Permission,
    },
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// One page of the rows that the filter takes.
///
/// # Errors
/// Not an administrator, or an invalid cursor.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditRow>> {
    actor.require(Permission::AuditRead)?;
    let after = page
        .cursor
        .as_deref()
        .map(|text| place(text).ok_or(Refusal::BadCursor))
        .transpose()?;
    let db = engine.db.read();
    let Some((first, last)) = span(db, filter, after).await? else {
        return Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        });
    };
    let found = rows(filter, first, last, u64::from(page.limit()) + 1);
    let mut found = found.all(db).await?;
    let next_cursor = cursor::cut(&mut found, page.limit(), |row| match filter.from {
        Some(_) => format!("{}-{first}", row.number),
        None => row.number.to_string(),
    });
    let names = names(engine, &found).await?;
    let items = found.into_iter().map(|found| row(found, &names));
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        next_cursor,
    })
}

/// Where a page has ended: its last number, and the first number within the time of the filter. To find that one the whole time is
/// read, so the first page does it for all.
fn place(cursor: &str) -> Option<(i64, Option<i64>)> {
    Some(match cursor.split_once('-') {
        Some((number, first)) => (number.parse().ok()?, Some(first.parse().ok()?)),
        None => (cursor.parse().ok()?, None),
    })
}

/// The numbers of the first and the last row that are left within the time of the filter, so that no page walks over other times;
/// `None`: it has no row.
async fn span(
    db: &impl ConnectionTrait,
    filter: &AuditFilter,
    after: Option<(i64, Option<i64>)>,
) -> Result<Option<(i64, i64)>> {
    let known = after.and_then(|(_, first)| first);
    let first = match (filter.from, known) {
        (None, _) => Some(i64::MIN),
        (Some(_), Some(first)) => Some(first),
        (Some(from), None) => number(db, first_from(from)).await?,
    };
    let last = match (after, filter.until) {
        (Some((before, _)), _) => Some(before.saturating_sub(1)),
        (None, Some(until)) => number(db, last_until(until)).await?,
        (None, None) => Some(i64::MAX),
    };
    Ok(first.zip(last))
}

async fn number(db: &impl ConnectionTrait, of: Select<audit::Entity>) -> Result<Option<i64>> {
    Ok(of.into_tuple::<Option<i64>>().one(db).await?.flatten())
}

fn first_from(from: Timestamp) -> Select<audit::Entity> {
    edge("MIN(number + 0)").filter(audit::Column::At.gte(from.millis()))
}

fn last_until(until: Timestamp) -> Select<audit::Entity> {
    edge("MAX(number + 0)").filter(audit::Column::At.lt(until.millis()))
}

/// Of an expression, because for the number itself the databases would walk its index until a row fits. Rows are in the order
/// of time unless a clock was set back, so all of the time's rows are asked.
fn edge(number: &'static str) -> Select<audit::Entity> {
    audit::Entity::find()
        .select_only()
        .column_as(Expr::cust(number), "edge")
}

/// The newest `many` rows from `first` to `last` that the filter takes.
fn rows(filter: &AuditFilter, first: i64, last: i64, many: u64) -> Select<audit::Entity> {
    audit::Entity::find()
        .filter(narrowed(filter))
        .filter(audit::Column::Number.between(first, last))
        .order_by_desc(audit::Column::Number)
        .limit(many)
}

fn narrowed(filter: &AuditFilter) -> Condition {
    use audit::Column;
    let about = filter.about.map(|about| match about {
        AuditAbout::LogIns => Column::Action.is_in(LOG_IN_ACTIONS.iter().copied()),
        kind => Column::SubjectKind.eq(kind.as_str()),
    });
    Condition::all()
        .add_option(filter.from.map(|from| Column::At.gte(from.millis())))
        .add_option(filter.until.map(|until| Column::At.lt(until.millis())))
        .add_option(filter.who.as_deref().map(named))
        .add_option(filter.outcome.map(|outcome| Column::Outcome.eq(outcome.as_str())))
        .add_option(
            filter
                .address
                .map(|address| Column::Address.eq(address.to_string())),
        )
        .add_option(about)
}

/// Users and tokens with this part in their names: what follows `person:ID:` and `token:ID:`.
fn named(part: &str) -> Condition {
    let part = part.to_lowercase();
    let part = ['\\', '%', '_']
        .iter()
        .fold(part, |part, sign| part.replace(*sign, &format!("\\{sign}")));
    let any_id = "_".repeat(Uuid::nil().hyphenated().to_string().len());
    let patterns = ["person", "token"].map(|kind| format!("{kind}:{any_id}:%{part}%"));
    patterns.into_iter().fold(Condition::any(), |any, pattern| {
        let actor = Expr::expr(Func::lower(Expr::col(audit::Column::Actor)));
        any.add(actor.like(LikeExpr::new(pattern).escape('\\')))
    })
}

/// The present names of what the rows are about: one statement for each kind.
async fn names(engine: &Engine, rows: &[audit::Model]) -> Result<HashMap<Uuid, String>> {
    let db = engine.db.read();
    let kinds: HashSet<&str> = rows.iter().map(|row| row.subject_kind.as_str()).collect();
    let mut names = HashMap::new();
    macro_rules! read {
        ($($kind:ident of $table:ident by $column:ident)*) => {$(
            if kinds.contains(AuditAbout::$kind.as_str()) {
                let ids = rows.iter().filter(|row| row.subject_kind == AuditAbout::$kind.as_str());
                let of_kind: Vec<(Uuid, String)> = $table::Entity::find()
                    .select_only()
                    .column($table::Column::Id)
                    .column($table::Column::$column)
                    .filter($table::Column::Id.is_in(ids.filter_map(|row| row.subject_id)))
                    .into_tuple()
                    .all(db)
                    .await?;
                names.extend(of_kind);
            }
        )*};
    }
    read! {
        User of user by Login
        Token of api_token by Name
        Webhook of webhook by Name
        Extension of extension by Number
        Queue of queue by Name
        Channel of channel by Name
        CannedReply of canned_reply by Shortcut
        Label of label by Name
    }
    Ok(names)
}

fn row(row: audit::Model, names: &HashMap<Uuid, String>) -> Result<AuditRow> {
    Ok(AuditRow {
        number: row.number,
        at: Timestamp::from_millis(row.at),
        actor: actor(&row.actor),
        address: row.address,
        outcome: stored(&row.outcome)?,
        action: row.action,
        subject: AuditSubject {
            name: row.subject_id.and_then(|id| names.get(&id).cloned()),
            id: row.subject_id,
            kind: row.subject_kind,
        },
        detail: row.detail,
    })
}

/// `person:ID:LOGIN`, `token:ID:NAME`, `system`.
fn actor(stored: &str) -> AuditActor {
    let mut parts = stored.splitn(3, ':');
    let kind = parts.next();
    let id = parts.next().and_then(|id| id.parse().ok());
    let name = parts.next().unwrap_or_default().to_owned();
    match (kind, id) {
        (Some("person"), Some(id)) => AuditActor::User { id, login: name },
        (Some("token"), Some(id)) => AuditActor::Token { id, name },
        _ => AuditActor::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{database::Database, testing::database as testing};
    use domain::access::AuditOutcome;
    use sea_orm::DbBackend;

    /// The number of rows, one a second.
    const MANY: i64 = 20_000;

    /// One row in five thousand is about a label, one tells of a refusal, and one comes from another address.
    fn history(backend: DbBackend) -> Vec<String> {
        let (number, id) = (testing::numbers(backend, 1, MANY), testing::id(backend, "i"));
        vec![format!(
            "INSERT INTO audit (id, at, actor, action, subject_kind, number, address, outcome, hash)
             SELECT {id}, CAST(i AS BIGINT) * 1000, 'system', 'tested',
                    CASE WHEN i % 5000 = 0 THEN 'label' ELSE 'channel' END, i,
                    CASE WHEN i % 5000 = 1 THEN '192.0.2.7' ELSE '192.0.2.1' END,
                    CASE WHEN i % 5000 = 2 THEN 'refused' ELSE 'done' END, '' FROM {number}"
        )]
    }

    async fn filters_use_indexes(db: &Database) {
        let db = db.read();
        testing::fill(db, history).await;
        let second = |n: i64| Timestamp::from_millis(n * 1000);
        let all = AuditFilter::default;
        let (address, outcome) = (Some("192.0.2.7".parse().unwrap()), Some(AuditOutcome::Refused));
        let about = Some(AuditAbout::Label);
        let mut plans = vec![
            (testing::plan(db, &first_from(second(MANY - 9))).await, "audit_at"),
            (testing::plan(db, &last_until(second(9))).await, "audit_at"),
        ];
        for (filter, index) in [
            (AuditFilter { address, ..all() }, "audit_address"),
            (AuditFilter { outcome, ..all() }, "audit_outcome"),
            (AuditFilter { about, ..all() }, "audit_about"),
        ] {
            plans.push((testing::plan(db, &rows(&filter, 1, MANY, 51)).await, index));
        }
        for (plan, index) in plans {
            assert!(plan.contains(index), "{index}: {plan}");
        }
        let between = |from: Option<i64>, until: Option<i64>| AuditFilter {
            from: from.map(second),
            until: until.map(second),
            ..all()
        };
        for (from, until, expected) in [
            (None, None, Some((i64::MIN, i64::MAX))),
            (Some(7), Some(9), Some((7, 8))),
            (Some(MANY + 1), None, None),
            (None, Some(1), None),
        ] {
            let found = span(db, &between(from, until), None).await.unwrap();
            assert_eq!(found, expected);
        }
        // What the first page has found is not asked again: here it is wrong, and stays.
        for (from, cursor, expected) in [
            (Some(7), "6-3", (3, 5)),
            (Some(7), "20", (7, 19)),
            (None, "6-3", (i64::MIN, 5)),
        ] {
            let after = place(cursor);
            let found = span(db, &between(from, Some(9)), after).await.unwrap();
            assert_eq!(found, Some(expected), "{cursor}");
        }
        for wrong in ["", "x", "-5", "5-", "5-x"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn filters_use_indexes_on_sqlite() {
        testing::on_sqlite(filters_use_indexes).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn filters_use_indexes_on_postgres() {
        testing::on_postgres(filters_use_indexes).await;
    }
}
