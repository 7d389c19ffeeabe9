//! Who did what, from where, and with what outcome: a row in the same transaction as the change. What is refused is a row
//! of its own.

pub mod chain;
pub mod list;
pub mod refusals;
pub mod request;

pub(crate) mod detail;
pub(crate) mod refusal_rate;

use crate::{Engine, Result, entity::audit};
use domain::access::{Actor, AuditOutcome};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

/// What a change was made to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    User(Uuid),
    Extension(Uuid),
    Queue(Uuid),
    CannedReply(Uuid),
    Label(Uuid),
    Contact(Uuid),
    Channel(Uuid),
    Token(Uuid),
    Webhook(Uuid),
    DeadLetter(Uuid),
    /// There is only one set of rules.
    Countries,
    /// There is one table of rates, and one budget.
    Costs,
    /// There is only one.
    MasterKey,
    /// What somebody does in the console without a subject of its own.
    Console,
    /// The same in the REST API.
    Api,
}

impl Subject {
    fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::User(id) => ("person", Some(id)),
            Self::Extension(id) => ("extension", Some(id)),
            Self::Queue(id) => ("queue", Some(id)),
            Self::Label(id) => ("label", Some(id)),
            Self::Contact(id) => ("contact", Some(id)),
            Self::CannedReply(id) => ("canned_reply", Some(id)),
            Self::Channel(id) => ("channel", Some(id)),
            Self::Token(id) => ("token", Some(id)),
            Self::Webhook(id) => ("webhook", Some(id)),
            Self::DeadLetter(id) => ("dead_letter", Some(id)),
            Self::Countries => ("countries", None),
            Self::Costs => ("costs", None),
            Self::MasterKey => ("master_key", None),
            Self::Console => ("console", None),
            Self::Api => ("api", None),
        }
    }
}

/// One row, without what the transaction knows.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) action: String,
    pub(crate) outcome: AuditOutcome,
    pub(crate) subject: Subject,
    pub(crate) detail: Option<String>,
}

/// Writes rows of one actor, and returns them for the log. Only [`Transaction`](crate::transaction::Transaction) calls it.
pub(crate) async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    entries: Vec<Entry>,
) -> Result<Vec<audit::Model>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let address = request::address().map(|address| address.to_string());
    let rows = entries.into_iter().map(|entry| {
        let (subject_kind, subject_id) = entry.subject.parts();
        audit::Model {
            id: engine.clock().new_id(),
            at: engine.clock().now().millis(),
            actor: name_of(actor),
            action: entry.action,
            subject_kind: subject_kind.to_owned(),
            subject_id,
            detail: entry.detail,
            address: address.clone(),
            outcome: entry.outcome.as_str().to_owned(),
            // The chain sets both.
            number: 0,
            hash: String::new(),
        }
    });
    chain::append(tx, rows.collect()).await
}

/// A log line for each row: it goes where nobody who may write to the database changes it.
pub(crate) fn log(rows: &[audit::Model]) {
    for row in rows {
        tracing::info!(
            target: "audit",
            number = row.number,
            hash = row.hash,
            actor = row.actor,
            address = row.address,
            outcome = row.outcome,
            "{}",
            row.action
        );
    }
}

fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::User(me) => format!("person:{}:{}", me.id, me.login),
        Actor::Token { id, name, .. } => format!("token:{id}:{name}"),
        Actor::System => "system".to_owned(),
    }
}
