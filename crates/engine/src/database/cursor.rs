//! Cursors of lists: opaque to whoever gets one, and refused when malformed.

use crate::Result;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    page::{self, Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoIdentity, Select,
    sea_query::{Expr, IntoValueTuple, Value, ValueTuple},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A cursor over a list that is sorted by id.
pub(crate) fn id(page: &PageRequest) -> Result<Option<Uuid>> {
    page.cursor
        .as_deref()
        .map(|text| text.parse().map_err(|_| Refusal::BadCursor.into()))
        .transpose()
}

/// A cursor over a list that is sorted by a time and, within it, by id.
pub(crate) fn time_and_id(page: &PageRequest) -> Result<Option<(i64, Uuid)>> {
    let parse = |text: &str| page::place(text).map(|(at, id)| (at.millis(), id));
    page.cursor
        .as_deref()
        .map(|text| parse(text).ok_or(Refusal::BadCursor.into()))
        .transpose()
}

pub(crate) fn of_time_and_id(at: i64, id: Uuid) -> String {
    page::cursor(Timestamp::from_millis(at), id)
}

/// The rows after a place in a list that is sorted by these columns, a time and an id.
pub(crate) fn after<C: ColumnTrait>((time, key): (C, C), (at, id): (i64, Uuid)) -> Condition {
    beyond(time.gte(at), time.gt(at), time.eq(at), key.gt(id))
}

/// The row at such a place, and those after it.
pub(crate) fn from<C: ColumnTrait>((time, key): (C, C), (at, id): (i64, Uuid)) -> Condition {
    beyond(time.gte(at), time.gt(at), time.eq(at), key.gte(id))
}

/// The rows before such a place.
pub(crate) fn before<C: ColumnTrait>((time, key): (C, C), (at, id): (i64, Uuid)) -> Condition {
    beyond(time.lte(at), time.lt(at), time.eq(at), key.lt(id))
}

/// The row at such a place, and those before it.
pub(crate) fn until<C: ColumnTrait>((time, key): (C, C), (at, id): (i64, Uuid)) -> Condition {
    beyond(time.lte(at), time.lt(at), time.eq(at), key.lte(id))
}

/// The first condition follows from the others, but lets the database start in the middle of an index.
fn beyond(bound: Expr, other_time: Expr, same_time: Expr, by_id: Expr) -> Condition {
    let same_time = Condition::all().add(same_time).add(by_id);
    let beyond = Condition::any().add(other_time).add(same_time);
    Condition::all().add(bound).add(beyond)
}

/// Removes the one row too many, which was read to learn whether there are more, and names the last that stays.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: u32, name: impl Fn(&T) -> String) -> Option<String> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    if more { rows.last().map(name) } else { None }
}

/// One page of a list that is sorted by these columns, in which no two rows are alike; `place` is what a row has in them.
/// The cursor holds the place of the last row, so the next page begins behind it even when that row is gone.
pub(crate) async fn page_of<E, P>(
    db: &impl ConnectionTrait,
    list: Select<E>,
    columns: impl IntoIdentity,
    page: &PageRequest,
    place: impl Fn(&E::Model) -> P,
) -> Result<Page<E::Model>>
where
    E: EntityTrait,
    E::Model: Sync,
    P: IntoValueTuple + Serialize + DeserializeOwned,
{
    let mut list = list.cursor_by(columns);
    if let Some(after) = place_in::<P>(page)? {
        list.after(after);
    }
    let mut items = list.first(u64::from(page.limit()) + 1).all(db).await?;
    let next_cursor = cut(&mut items, page.limit(), |row| of_place(&place(row)));
    Ok(Page { items, next_cursor })
}

fn of_place(place: &impl Serialize) -> String {
    let place = serde_json::to_vec(place).expect("texts and ids are JSON");
    BASE64_URL_SAFE_NO_PAD.encode(place)
}

fn place_in<P>(page: &PageRequest) -> Result<Option<ValueTuple>>
where
    P: IntoValueTuple + DeserializeOwned,
{
    // PostgreSQL refuses a NUL.
    let has_nul = |value: &Value| matches!(value, Value::String(Some(text)) if text.contains('\0'));
    let parse = |text: &str| {
        let place = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let place: P = serde_json::from_slice(&place).ok()?;
        let place = place.into_value_tuple();
        (!place.iter().any(has_nul)).then_some(place)
    };
    page.cursor
        .as_deref()
        .map(|text| parse(text).ok_or(Refusal::BadCursor.into()))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{database::Database, entity::label, testing::database};
    use sea_orm::IntoActiveModel;

    /// Each database sorts these in its own way.
    const NAMES: [&str; 7] = ["a", "B", "č", "c", "d e", "\"d\"", "ž"];

    fn asked(cursor: Option<String>) -> PageRequest {
        PageRequest {
            limit: Some(3),
            cursor,
        }
    }

    async fn read(db: &Database, cursor: Option<String>) -> Result<Page<label::Model>> {
        let place = |row: &label::Model| row.name.clone();
        let list = label::Entity::find();
        page_of(db.read(), list, label::Column::Name, &asked(cursor), place).await
    }

    async fn pages_hold_every_row_once(db: &Database) {
        let tx = db.write().await.unwrap();
        let rows = NAMES.iter().zip(1..).map(|(name, id)| {
            label::Model {
                id: Uuid::from_u128(id),
                name: (*name).to_owned(),
                created_at: 0,
            }
            .into_active_model()
        });
        label::Entity::insert_many(rows)
            .exec_without_returning(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = read(db, cursor).await.unwrap();
            cursor = page.next_cursor;
            let last = page.items.last().expect("no page is empty").id;
            seen.extend(page.items.into_iter().map(|row| row.name));
            if cursor.is_none() {
                break;
            }
            // Whoever has seen a row goes on behind it, also when it is gone.
            let tx = db.write().await.unwrap();
            label::Entity::delete_by_id(last).exec(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        let (mut all, mut found) = (NAMES.map(str::to_owned).to_vec(), seen.clone());
        all.sort();
        found.sort();
        assert_eq!(found, all, "{seen:?}");

        for wrong in [
            String::new(),
            "a".to_owned(),
            of_place(&1),
            of_place(&"a\0"),
            of_place(&("a", Uuid::nil())),
        ] {
            assert!(read(db, Some(wrong.clone())).await.is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn pages_hold_every_row_once_on_sqlite() {
        database::on_sqlite(pages_hold_every_row_once).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn pages_hold_every_row_once_on_postgres() {
        database::on_postgres(pages_hold_every_row_once).await;
    }
}
