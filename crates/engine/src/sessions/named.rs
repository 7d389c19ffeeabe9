//! Sessions with the names that their rows show, read by one statement.
//!
//! The statement gives one row: a JSON array of all sessions. SQLite's driver copies each value of a row on its own, and
//! hands each row from SQLite's thread to the reader's, which takes several times as long as finding it.

use crate::{
    Error, Result,
    contacts::Known,
    entity::{channel, contact, extension, queue, session},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, IdenStatic as _, Iterable as _, JoinType, QueryTrait as _,
    Select,
    sea_query::{ColumnType, Expr, Query, SelectStatement},
};
use serde::Deserialize;
use uuid::Uuid;

/// A session and its names, in the order of [`in_one_row`].
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) session: session::Model,
    pub(super) contact: Known,
    pub(super) channel: String,
    pub(super) queue: Option<String>,
    pub(super) pick_up: Option<String>,
    pub(super) number: Option<String>,
    pub(super) owner: Option<String>,
    /// By name.
    pub(super) labels: Vec<(Uuid, String)>,
}

/// The sessions of a query, in no order.
pub(crate) async fn named(
    db: &impl ConnectionTrait,
    sessions: Select<session::Entity>,
) -> Result<Vec<Named>> {
    let statement = in_one_row(Json(db.get_database_backend()), sessions.into_query());
    let Some(row) = db.query_one(&statement).await? else {
        return Ok(Vec::new());
    };
    let json: String = row.try_get_by_index(0)?;
    serde_json::from_str(&json).map_err(|error| Error::Corrupt(format!("sessions with their names: {error}")))
}

/// A merged contact has the company's name of the main one.
const ALIAS: &str = "CASE WHEN contact.merged_into IS NULL THEN contact.alias ELSE main_contact.alias END";

/// The outer joins find what there is by its id, after the sessions.
fn in_one_row(json: Json, sessions: SelectStatement) -> SelectStatement {
    let columns = session::Column::iter().map(|column| {
        let name = format!("found.{}", column.as_str());
        match column.def().get_column_type() {
            ColumnType::Uuid => json.id(&name),
            _ => name,
        }
    });
    let session = json.array(&columns.collect::<Vec<_>>().join(", "));
    let contact = json.array(&format!(
        "{}, contact.name, {ALIAS}, contact.username, contact.wa_id, contact.bsuid",
        json.id("contact.id")
    ));
    let label = json.array(&format!("{}, label.name", json.id("label.id")));
    let labels = json.given(&format!(
        "SELECT {} FROM (SELECT labels.id, labels.name FROM session_labels \
         JOIN labels ON labels.id = session_labels.label_id \
         WHERE session_labels.session_id = found.id ORDER BY labels.name) AS label",
        json.each(&label)
    ));
    let named = json.array(&format!(
        "{session}, {contact}, channel.name, queue.name, queue.pick_up, owner.number, owner.name, {labels}"
    ));
    let on = |condition: &'static str| Expr::cust(condition);
    let outer = JoinType::LeftJoin;
    Query::select()
        .expr(Expr::cust(format!("CAST({} AS TEXT)", json.each(&named))))
        .from_subquery(sessions, "found")
        .join_as(
            outer,
            contact::Entity,
            "contact",
            on("contact.id = found.contact_id"),
        )
        .join_as(
            outer,
            contact::Entity,
            "main_contact",
            on("main_contact.id = contact.merged_into"),
        )
        .join_as(
            outer,
            channel::Entity,
            "channel",
            on("channel.id = found.channel_id"),
        )
        .join_as(outer, queue::Entity, "queue", on("queue.id = found.queue_id"))
        .join_as(
            outer,
            extension::Entity,
            "owner",
            on("owner.id = found.extension_id"),
        )
        .take()
}

/// The words in which a database writes JSON.
#[derive(Debug, Clone, Copy)]
struct Json(DbBackend);

impl Json {
    fn array(self, parts: &str) -> String {
        match self.0 {
            DbBackend::Postgres => format!("json_build_array({parts})"),
            _ => format!("json_array({parts})"),
        }
    }

    /// An array with this part of each row.
    fn each(self, part: &str) -> String {
        match self.0 {
            DbBackend::Postgres => format!("COALESCE(json_agg({part}), '[]')"),
            _ => format!("json_group_array({part})"),
        }
    }

    /// What another query writes. To SQLite it might be text, to be quoted.
    fn given(self, query: &str) -> String {
        match self.0 {
            DbBackend::Postgres => format!("({query})"),
            _ => format!("json(({query}))"),
        }
    }

    /// SQLite keeps ids as bytes, and JSON has none. It writes no bytes as an empty text.
    fn id(self, column: &str) -> String {
        match self.0 {
            DbBackend::Postgres => column.to_owned(),
            _ => format!("NULLIF(hex({column}), '')"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contacts, database::Database, testing::database as testing};
    use sea_orm::EntityTrait;

    /// One session with all names, of a merged contact, and one with none that it can do without.
    fn history(backend: DbBackend) -> [String; 8] {
        let id = |n: u8| match backend {
            DbBackend::Postgres => format!("'00000000-0000-7000-8000-00000000000{n}'::uuid"),
            _ => format!("X'0000000000007000800000000000000{n}'"),
        };
        let (channel, owner, queue, main, merged) = (id(1), id(2), id(3), id(4), id(5));
        let (full, bare, later, earlier) = (id(6), id(7), id(8), id(9));
        [
            format!(
                "INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
                 VALUES ({channel}, 1, 'c', 'w', 'v', 'unknown', 0, 0)"
            ),
            format!("INSERT INTO extensions (id, number, name, created_at) VALUES ({owner}, '1', 'E', 0)"),
            format!("INSERT INTO queues (id, name, pick_up, created_at) VALUES ({queue}, 'q', 'manual', 0)"),
            format!("INSERT INTO contacts (id, alias, created_at) VALUES ({main}, 'Eva \"\\ \u{1}\n Ž', 0)"),
            format!(
                "INSERT INTO contacts (id, alias, created_at, merged_into) VALUES ({merged}, 'Its own', 0, {main})"
            ),
            format!(
                "INSERT INTO sessions (id, channel_id, contact_id, state, queue_id, extension_id, unread,
                                       last_message_id, last_message_at, opened_at, waiting_since)
                 VALUES ({full}, {channel}, {merged}, 'assigned', {queue}, {owner}, 1, {channel}, 3, 2, {}),
                        ({bare}, {channel}, {main}, 'closed', NULL, NULL, 0, NULL, 1, 1, 1)",
                i64::MAX
            ),
            format!("INSERT INTO labels (id, name, created_at) VALUES ({later}, 'b', 0), ({earlier}, 'a', 0)"),
            format!("INSERT INTO session_labels (session_id, label_id) VALUES ({full}, {later}), ({full}, {earlier})"),
        ]
    }

    async fn sessions_come_with_their_names(db: &Database) {
        let db = db.read();
        let none = named(db, session::Entity::find()).await.unwrap();
        assert!(none.is_empty());
        for sql in history(db.get_database_backend()) {
            db.execute_unprepared(&sql).await.unwrap();
        }
        let mut expected = session::Entity::find().all(db).await.unwrap();
        expected.sort_by_key(|row| row.id);
        let mut found = named(db, session::Entity::find()).await.unwrap();
        found.sort_by_key(|one| one.session.id);
        let sessions: Vec<_> = found.iter().map(|one| one.session.clone()).collect();
        assert_eq!(sessions, expected);

        let [full, bare] = <[Named; 2]>::try_from(found).unwrap();
        assert_eq!(full.channel, "c");
        assert_eq!(full.queue.as_deref(), Some("q"));
        assert_eq!(full.pick_up.as_deref(), Some("manual"));
        assert_eq!(full.number.as_deref(), Some("1"));
        assert_eq!(full.owner.as_deref(), Some("E"));
        let labels: Vec<_> = full.labels.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(labels, ["a", "b"]);
        let of_main = contacts::reference(full.contact).alias;
        assert_eq!(of_main.as_deref(), Some("Eva \"\\ \u{1}\n Ž"));

        assert_eq!((bare.queue, bare.pick_up), (None, None));
        assert_eq!((bare.number, bare.owner), (None, None));
        assert!(bare.labels.is_empty());
    }

    #[tokio::test]
    async fn sessions_come_with_their_names_on_sqlite() {
        testing::on_sqlite(sessions_come_with_their_names).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn sessions_come_with_their_names_on_postgres() {
        testing::on_postgres(sessions_come_with_their_names).await;
    }
}
