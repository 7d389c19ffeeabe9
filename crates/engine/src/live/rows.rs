//! The rows of changed sessions as every inbox that shows them gets them.

use crate::{
    Engine, Error, Result,
    entity::session,
    events::Audience,
    live::tally::Fact,
    sessions::{
        named::{Named, named},
        rows,
    },
};
use domain::{ids::SessionId, mask::Mask as _, session::SessionRow};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::value::{RawValue, to_raw_value};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Sessions read by one statement.
const AT_ONCE: usize = 100;

#[derive(Debug)]
pub(super) struct Seen {
    pub(super) by: Audience,
    pub(super) row: Arc<RawValue>,
    /// For those who see only the end of numbers; `None`: nobody is one of them.
    pub(super) masked: Option<Arc<RawValue>>,
    pub(super) fact: Fact,
}

pub(super) async fn seen(
    engine: &Engine,
    ids: &BTreeSet<SessionId>,
) -> Result<HashMap<SessionId, Arc<Seen>>> {
    let db = engine.db.read();
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let mut all = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let query = session::Entity::find().filter(session::Column::Id.is_in(ids.iter().copied()));
        let found = named(db, query).await?;
        let facts = found
            .iter()
            .map(|Named { session: of, .. }| (Audience::of_session(of), Fact::of(of)));
        let facts: Vec<_> = facts.collect();
        let rows = rows::with_messages(db, found).await?.into_iter();
        for (row, (by, fact)) in rows.zip(facts) {
            let (id, json) = (row.id, json(&row)?);
            let masked = match engine.mask_numbers {
                true => Some(self::json(&row.masked())?),
                false => None,
            };
            let seen = Seen {
                by,
                row: json,
                masked,
                fact,
            };
            all.insert(id, Arc::new(seen));
        }
    }
    Ok(all)
}

fn json(row: &SessionRow) -> Result<Arc<RawValue>> {
    let json = to_raw_value(row).map_err(|error| Error::Corrupt(format!("a session's row: {error}")))?;
    Ok(json.into())
}
