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
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
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
    let before: Option<i64> = page
        .cursor
        .as_deref()
        .map(|text| text.parse().map_err(|_| Refusal::BadCursor))
        .transpose()?;
    let mut found = audit::Entity::find()
        .filter(narrowed(filter))
        .filter(Condition::all().add_option(before.map(|number| audit::Column::Number.lt(number))))
        .order_by_desc(audit::Column::Number)
        .limit(u64::from(page.limit()) + 1)
        .all(engine.db.read())
        .await?;
    let next_cursor = cursor::cut(&mut found, page.limit(), |row| row.number.to_string());
    let names = names(engine, &found).await?;
    let items = found.into_iter().map(|found| row(found, &names));
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        next_cursor,
    })
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
