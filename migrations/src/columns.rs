//! The column types that the steps use.

pub(crate) use sea_orm_migration::prelude::Table;
pub(crate) use sea_orm_migration::prelude::*;

/// A new table with its columns; the first one is the primary key unless another is set.
pub(crate) fn table<const N: usize>(name: &'static str, columns: [ColumnDef; N]) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for mut column in columns {
        table.col(&mut column);
    }
    table.take()
}

pub(crate) fn key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().primary_key().take()
}

pub(crate) fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

pub(crate) fn id_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().null().take()
}

pub(crate) fn words(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

pub(crate) fn words_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

/// Milliseconds since 1970 (UTC).
pub(crate) fn at(name: &'static str) -> ColumnDef {
    number(name)
}

pub(crate) fn at_null(name: &'static str) -> ColumnDef {
    number_null(name)
}

pub(crate) fn number_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

pub(crate) fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().take()
}

/// `ON DELETE RESTRICT`: a row that others refer to cannot be deleted by accident.
pub(crate) fn refers(
    from: &'static str,
    to_table: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(from).to(to_table, to).take()
}

pub(crate) fn index<const N: usize>(
    name: &'static str,
    table: &'static str,
    columns: [&'static str; N],
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(column);
    }
    index.take()
}

pub(crate) fn unique<const N: usize>(
    name: &'static str,
    table: &'static str,
    columns: [&'static str; N],
) -> IndexCreateStatement {
    index(name, table, columns).unique().take()
}

/// A unique or plain index over only the rows that match `condition`; both databases support these.
pub(crate) async fn partial_index(
    manager: &SchemaManager<'_>,
    unique: bool,
    name: &str,
    table: &str,
    columns: &str,
    condition: &str,
) -> Result<(), DbErr> {
    let kind = if unique { "UNIQUE INDEX" } else { "INDEX" };
    let sql = format!("CREATE {kind} {name} ON {table} ({columns}) WHERE {condition}");
    manager.get_connection().execute_unprepared(&sql).await.map(drop)
}
