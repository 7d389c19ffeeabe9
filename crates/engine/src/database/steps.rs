//! Tests of what a migration makes of existing rows.

use super::*;
use crate::testing;
use sea_orm::Statement;

/// The number of migrations before sessions had a read position.
const BEFORE_POSITIONS: u32 = 18;

/// Each session has messages at 1, 2, 3 …; the fifth and the last are about another message, the third is outbound.
fn history(backend: DbBackend) -> Vec<String> {
    let id = |n: u32| match backend {
        DbBackend::Postgres => format!("'00000000-0000-7000-8000-{n:012}'::uuid"),
        _ => format!("X'0000000000007000{n:016}'"),
    };
    let mut all = vec![
        format!(
            "INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
             VALUES ({}, 1, 'c', 'w', 'v', 'unknown', 0, 0)",
            id(1)
        ),
    ];
    for (session, unread) in [(10, 0), (20, 1), (30, 3), (40, 5), (50, 6)] {
        all.push(format!(
            "INSERT INTO contacts (id, created_at) VALUES ({}, 0)",
            id(session)
        ));
        all.push(format!(
            "INSERT INTO sessions (id, channel_id, contact_id, state, unread, last_message_at, last_message_id, opened_at)
             VALUES ({}, {}, {}, 'waiting', {unread}, 8, {}, 0)",
            id(session),
            id(1),
            id(session),
            id(session * 100 + 8)
        ));
        for n in 1..=8 {
            let direction = if n == 3 { "outbound" } else { "inbound" };
            let target = if n == 5 || n == 8 { "'wamid'" } else { "NULL" };
            all.push(format!(
                "INSERT INTO messages (id, session_id, direction, kind, phone_number_id, at, target_wamid)
                 VALUES ({}, {}, '{direction}', 'text', '1', {n}, {target})",
                id(session * 100 + n),
                id(session)
            ));
        }
    }
    all
}

async fn what_is_unread_comes_after_the_position(db: &Database) {
    Migrator::up(&db.writer, Some(BEFORE_POSITIONS)).await.unwrap();
    let backend = db.writer.get_database_backend();
    for sql in history(backend) {
        db.writer.execute_unprepared(&sql).await.unwrap();
    }
    db.migrate().await.unwrap();
    let read = Statement::from_string(
        backend,
        "SELECT s.unread, s.read_at, m.at FROM sessions s LEFT JOIN messages m ON m.id = s.read_id ORDER BY s.id",
    );
    let read = db.writer.query_all_raw(read).await.unwrap();
    let read: Vec<(i64, Option<i64>, Option<i64>)> = read
        .iter()
        .map(|row| {
            let column = |n| row.try_get_by_index(n).unwrap();
            (row.try_get_by_index(0).unwrap(), column(1), column(2))
        })
        .collect();
    // The customer's messages are 1, 2, 4, 6 and 7; five unread ones are all of them, and six are more than there are.
    let expected = [
        (0, Some(8), Some(8)),
        (1, Some(6), Some(6)),
        (3, Some(2), Some(2)),
        (5, None, None),
        (6, None, None),
    ];
    assert_eq!(read, expected);
}

#[tokio::test]
async fn what_is_unread_comes_after_the_position_on_sqlite() {
    testing::database::on_bare_sqlite(what_is_unread_comes_after_the_position).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn what_is_unread_comes_after_the_position_on_postgres() {
    testing::database::on_bare_postgres(what_is_unread_comes_after_the_position).await;
}
