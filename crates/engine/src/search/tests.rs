//! The index finds what the words say, on both databases, and its queries use indexes.

use crate::{
    database::Database,
    search::{
        find::seen,
        index::{self, Entry, Step, WALKED},
    },
    testing::database::{self as testing, plan, plan_of},
};
use domain::{
    access::Actor,
    search::texts::{self, Sought, Term},
};
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::BTreeSet;
use uuid::Uuid;

/// More than one step of a walk.
const MANY: usize = 3 * WALKED;
const WORDS: [&str; 12] = [
    "Dobrý",
    "den",
    "objednávka",
    "OBJEDNÁVKU",
    "o'brien",
    "777 123 456",
    "2024-0017",
    "faktura",
    "Řehoř",
    "🌻",
    "ok",
    "okno",
];

/// Each text has some of the words, and one is in few of them.
fn text(n: usize) -> String {
    let words = WORDS
        .iter()
        .enumerate()
        .filter(|(word, _)| n.is_multiple_of(word + 2));
    let rare = if n % 1500 == 7 { "vzácné" } else { "" };
    words
        .map(|(_, word)| *word)
        .chain([rare])
        .collect::<Vec<_>>()
        .join(" ")
}

fn finds(sought: &Sought, words: &BTreeSet<String>) -> bool {
    let has = |term: &Term| match term.prefix {
        true => words.iter().any(|word| word.starts_with(&term.word)),
        false => words.contains(&term.word),
    };
    let mut parts = sought.parts().iter();
    parts.all(|part| part.iter().any(|all| all.iter().all(has)))
}

async fn walk(db: &impl ConnectionTrait, sought: &Sought) -> Vec<i64> {
    let (mut all, mut below) = (Vec::new(), i64::MAX);
    loop {
        let Step { numbers, next } = index::step(db, sought, below).await.unwrap();
        all.extend(numbers);
        match next {
            Some(next) => below = next,
            None => return all,
        }
    }
}

/// Half of the texts were there before the index.
async fn fill(db: &Database) -> Vec<(i64, BTreeSet<String>)> {
    let texts: Vec<_> = (0..MANY).map(text).collect();
    let entry = |(n, text)| Entry {
        id: Uuid::from_u128(n as u128 + 1),
        session: Uuid::nil(),
        note: n % 9 == 0,
        text,
    };
    let entries: Vec<_> = texts.iter().map(String::as_str).enumerate().map(entry).collect();
    let (older, newer) = entries.split_at(MANY / 2);
    let tx = db.write().await.unwrap();
    let (some, rest) = newer.split_at(10);
    index::add(&tx, some).await.unwrap();
    let latest_first: Vec<_> = older.iter().rev().map(|entry| Entry { ..*entry }).collect();
    for some in latest_first.chunks(1000) {
        index::add_older(&tx, some).await.unwrap();
    }
    index::add(&tx, rest).await.unwrap();
    tx.commit().await.unwrap();
    let numbers = (-i64::try_from(older.len()).unwrap()..=-1).chain(1..);
    numbers
        .zip(&texts)
        .map(|(number, text)| (number, texts::words(text)))
        .collect()
}

async fn the_index_finds_what_the_words_say(db: &Database) {
    let words = fill(db).await;
    for search in [
        "dobry",
        "objednav",
        "objednávka",
        "dobry den objednavku",
        "obrien",
        "777123456",
        "123 456",
        "0017",
        "vzacn",
        "vzacne faktura",
        "ok",
        "🌻",
        "rehor ok",
        "nothing",
        "'; DROP",
        "\\ \" * ( OR",
        "den'",
    ] {
        let Some(sought) = texts::sought(search) else {
            continue;
        };
        let expected = words.iter().rev().filter(|(_, words)| finds(&sought, words));
        let expected: Vec<_> = expected.map(|(number, _)| *number).collect();
        assert_eq!(walk(db.read(), &sought).await, expected, "{search}");
    }
}

async fn entries_are_found_in_indexes(db: &Database) {
    fill(db).await;
    let db = db.read();
    let sought = texts::sought("vzácné").unwrap();
    let entries = plan(db, &seen(&Actor::System, &[1, 2, 3])).await;
    if db.get_database_backend() == DbBackend::Postgres {
        testing::analyze(db).await;
        let latest = plan_of(db, index::latest(&sought, 2990, i64::MAX)).await;
        assert!(latest.contains("search_entries_pkey"), "{latest}");
        let sorted = plan_of(db, index::sorted(&sought, i64::MAX)).await;
        assert!(sorted.contains("search_entries_words"), "{sorted}");
    } else {
        let walked = plan_of(db, index::in_order(&sought, i64::MAX)).await;
        assert!(
            walked.contains("VIRTUAL TABLE INDEX") && !walked.contains("SORT"),
            "{walked}"
        );
        assert!(
            entries.contains("search_entries USING INTEGER PRIMARY KEY")
                && !entries.contains("SCAN sessions"),
            "{entries}"
        );
    }
}

#[tokio::test]
async fn the_index_finds_what_the_words_say_on_sqlite() {
    testing::on_sqlite(the_index_finds_what_the_words_say).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn the_index_finds_what_the_words_say_on_postgres() {
    testing::on_postgres(the_index_finds_what_the_words_say).await;
}

#[tokio::test]
async fn entries_are_found_in_indexes_on_sqlite() {
    testing::on_sqlite(entries_are_found_in_indexes).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn entries_are_found_in_indexes_on_postgres() {
    testing::on_postgres(entries_are_found_in_indexes).await;
}
