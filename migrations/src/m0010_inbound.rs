//! A row of the journal holds the deliveries that one commit stored, so that an acknowledgement costs little more than
//! the disk write. A delivery's own row is written when it is applied, in the same transaction.
//!
//! Also: the message that a reaction, an edit or a deletion is about, the age of a contact's profile, and the indexes
//! from a contact to its sessions and identities.

use crate::columns::*;
use sea_orm_migration::sea_orm::{DbBackend, FromQueryResult, Statement};

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut journal = table(
            "journal",
            [
                key("id"),
                at("received_at"),
                number("deliveries"),
                // Failed attempts to apply the whole batch.
                number("attempts"),
                at_null("applied_at"),
                // The last column, so that the others are read without it.
                bytes("body"),
            ],
        );
        manager.create_table(journal.take()).await?;
        partial_index(
            manager,
            false,
            "journal_waiting",
            "journal",
            "id",
            "applied_at IS NULL",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Bodies are short-lived and written at disk speed: compression would slow that down.
            run(
                manager,
                "ALTER TABLE journal ALTER COLUMN body SET STORAGE EXTERNAL",
            )
            .await?;
        }
        add_column(manager, "deliveries", id_null("journal_id")).await?;
        add_column(manager, "dead_letters", id_null("journal_id")).await?;
        carry_over(manager).await?;
        run(manager, "DROP INDEX deliveries_unprocessed").await?;
        run(manager, "DROP INDEX deliveries_processed").await?;
        manager
            .create_index(index("deliveries_channel", "deliveries", ["channel_id", "id"]))
            .await?;
        manager
            .drop_table(Table::drop().table("delivery_bodies").take())
            .await?;

        add_column(manager, "messages", words_null("target_wamid")).await?;
        // Meta's time of the message that the name, number and user id come from.
        add_column(manager, "contacts", at_null("profile_at")).await?;
        manager
            .create_index(index("sessions_contact", "sessions", ["contact_id"]))
            .await?;
        manager
            .create_index(index(
                "contact_identities_contact",
                "contact_identities",
                ["contact_id"],
            ))
            .await
    }
}

/// Copies the deliveries that were acknowledged but not applied into the journal, each as a batch of its own.
async fn carry_over(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Waiting {
        id: uuid::Uuid,
        channel_id: uuid::Uuid,
        received_at: i64,
        signed_by: String,
        body: Vec<u8>,
    }
    let db = manager.get_connection();
    let backend = manager.get_database_backend();
    let waiting = Statement::from_string(
        backend,
        "SELECT d.id, d.channel_id, d.received_at, d.signed_by, b.body FROM deliveries d \
         JOIN delivery_bodies b ON b.delivery_id = d.id WHERE d.processed_at IS NULL ORDER BY d.id",
    );
    for row in Waiting::find_by_statement(waiting).all(db).await? {
        // The format of `engine::journal`.
        let mut entry = Vec::with_capacity(row.body.len() + 64);
        entry.extend_from_slice(row.id.as_bytes());
        entry.extend_from_slice(row.channel_id.as_bytes());
        for part in [row.signed_by.as_bytes(), &row.body] {
            let length = <u32 as TryFrom<usize>>::try_from(part.len()).unwrap_or(u32::MAX);
            entry.extend_from_slice(&length.to_be_bytes());
            entry.extend_from_slice(part);
        }
        let insert = Query::insert()
            .into_table("journal")
            .columns(["id", "received_at", "deliveries", "attempts", "body"])
            .values_panic([
                row.id.into(),
                row.received_at.into(),
                1_i64.into(),
                0_i64.into(),
                entry.into(),
            ])
            .to_owned();
        db.execute(&insert).await?;
    }
    run(manager, "DELETE FROM deliveries WHERE processed_at IS NULL").await
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    mut column: ColumnDef,
) -> Result<(), DbErr> {
    let mut change = Table::alter();
    manager
        .alter_table(change.table(table).add_column(&mut column).take())
        .await
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
