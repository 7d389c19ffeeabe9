//! Contacts that the company has merged: each points to the main one.

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds a reference only together with its column.
        let sql = "ALTER TABLE contacts ADD COLUMN merged_into {id} NULL REFERENCES contacts (id) ON DELETE RESTRICT";
        let id = match manager.get_database_backend() {
            DbBackend::Postgres => "uuid",
            _ => "uuid_text",
        };
        let connection = manager.get_connection();
        connection.execute_unprepared(&sql.replace("{id}", id)).await?;
        // A contact that is merged with nobody is not in it.
        let (name, column) = ("contacts_merged_into", "merged_into");
        let condition = "merged_into IS NOT NULL";
        partial_index(manager, false, name, "contacts", column, condition).await
    }
}
