//! Who changed what: a row in the same transaction as the change.

pub(crate) mod detail;

use crate::{Engine, Result, entity::audit};
use domain::access::Actor;
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};
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
    DeadLetter(Uuid),
    /// There is only one set of rules.
    Countries,
    /// There is one table of rates, and one budget.
    Costs,
    /// There is only one.
    MasterKey,
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
            Self::DeadLetter(id) => ("dead_letter", Some(id)),
            Self::Countries => ("countries", None),
            Self::Costs => ("costs", None),
            Self::MasterKey => ("master_key", None),
        }
    }
}

/// One line of the log, without its time and actor.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) action: String,
    pub(crate) subject: Subject,
    pub(crate) detail: Option<String>,
}

/// Writes lines of one actor. Only [`Transaction`](crate::transaction::Transaction) calls it.
pub(crate) async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    entries: Vec<Entry>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries.into_iter().map(|entry| {
        let (subject_kind, subject_id) = entry.subject.parts();
        let row = audit::Model {
            id: engine.clock().new_id(),
            at: engine.clock().now().millis(),
            actor: name_of(actor),
            action: entry.action,
            subject_kind: subject_kind.to_owned(),
            subject_id,
            detail: entry.detail,
        };
        row.into_active_model()
    });
    audit::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::User(me) => format!("person:{}:{}", me.id, me.login),
        Actor::Token { id, name, .. } => format!("token:{id}:{name}"),
        Actor::System => "system".to_owned(),
    }
}
