//! The inbox's queries use indexes, however long the history is. A plan that scans a table would be quick today and
//! slow in a year.

use crate::{
    contacts::{merged, search},
    database::Database,
    directory::{extensions, queues},
    entity::{contact, session},
    sessions::{
        access::{is_open, on_tab, visible_to},
        contact_list,
        holders::{self},
        list::{counted, first_found, put_off, taken, unread},
        order::Order,
        stretches,
        thread::earlier,
        walk,
    },
    testing::database::{self as testing, plan},
};
use domain::{
    access::{Actor, Bound, Me, Permission, Role, Scope},
    contact_merge::MAX_MERGED,
    ids::{ExtensionId, QueueId, TokenId, UserId},
    page::PageRequest,
    refs::ExtensionRef,
    session::{By, Filter, Tab},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

/// The number of sessions, and of contacts.
const MANY: u32 = 20_000;
const ONE: &str = "00000000-0000-7000-8000-00000000000";
/// Extensions: one with a long history, in the busy queue, and a new one, in a quiet queue.
const OLD: u8 = 2;
const NEW: u8 = 4;

/// One session in twenty waits, fifty are open and belong to the old extension, and some ended before anybody had them.
/// Two belong to the new extension, and ten are in its queue. Each time occurs three times. Every contact is called
/// Customer, and has a number; every session has a message.
fn history(backend: DbBackend) -> Vec<String> {
    let (number, id) = (testing::numbers(backend, 1, MANY), testing::id(backend, "i"));
    let one = |n: u8| match backend {
        DbBackend::Postgres => format!("'{ONE}{n}'::uuid"),
        _ => format!("X'{}'", format!("{ONE}{n}").replace('-', "")),
    };
    let (channel, old, busy, new, quiet) = (one(1), one(OLD), one(3), one(NEW), one(5));
    vec![
        format!(
            "INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
             VALUES ({channel}, 1, 'c', 'w', 'v', 'unknown', 0, 0)"
        ),
        format!("INSERT INTO extensions (id, number, name, created_at) VALUES ({old}, '1', 'E', 0), ({new}, '2', 'N', 0)"),
        format!(
            "INSERT INTO queues (id, name, pick_up, created_at)
             VALUES ({busy}, 'q', 'manual', 0), ({quiet}, 'r', 'manual', 0)"
        ),
        format!(
            "INSERT INTO queue_members (queue_id, extension_id) VALUES ({busy}, {old}), ({quiet}, {old}), ({quiet}, {new})"
        ),
        format!("INSERT INTO contacts (id, name, created_at, words_at) SELECT {id}, 'Customer ' || i, 0, 0 FROM {number}"),
        format!("INSERT INTO contact_words (word, contact_id) SELECT 'customer', {id} FROM {number}"),
        format!("INSERT INTO contact_words (word, contact_id) SELECT CAST(430000000000 + i AS TEXT), {id} FROM {number}"),
        format!(
            "INSERT INTO sessions (id, channel_id, contact_id, state, queue_id, extension_id, unread, last_message_at,
                                   opened_at, waiting_since)
             SELECT {id}, {channel}, {id}, CASE WHEN i % 20 = 0 THEN 'waiting' WHEN i % 400 = 1 THEN 'assigned' ELSE 'closed' END,
                    CASE WHEN i % 4000 IN (0, 7) THEN {quiet} ELSE {busy} END,
                    CASE WHEN i % 20 = 0 OR i % 50 = 7 THEN NULL WHEN i IN (4801, 15013) THEN {new} ELSE {old} END,
                    CASE WHEN i % 20 = 0 OR i % 400 = 1 THEN (i / 20) % 2 ELSE 0 END, i / 3, i / 3, i / 3 FROM {number}"
        ),
        format!(
            "INSERT INTO messages (id, session_id, direction, kind, phone_number_id, at)
             SELECT {id}, {id}, 'inbound', 'text', '1', i / 3 FROM {number}"
        ),
    ]
}

fn user(extension: u8, role: Role) -> Actor {
    let own = ExtensionRef {
        id: ExtensionId::new(format!("{ONE}{extension}").parse().unwrap()),
        number: "1".into(),
        name: "E".into(),
    };
    Actor::User(Me {
        id: UserId::new(Uuid::nil()),
        login: "e".into(),
        name: "E".into(),
        role,
        language: None,
        extension: Some(own),
    })
}

/// A token that is bound to the quiet queue.
fn bound() -> Actor {
    Actor::Token {
        id: TokenId::new(Uuid::nil()),
        name: "b".into(),
        scope: Scope::Read,
        bound: Some(Bound::Queue(QueueId::new(format!("{ONE}5").parse().unwrap()))),
    }
}

async fn the_inbox_is_read_in_indexes(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let (admin, jana) = (user(OLD, Role::Admin), user(OLD, Role::Operator));
    let novice = user(NEW, Role::Operator);
    let searched = async |actor: &Actor, text: &str| {
        let mut sought = search::sought(text).unwrap();
        let order = Order::LatestMessage;
        let query = match sought.rarest_first(db, search::FEW + 1).await.unwrap() > search::FEW {
            true => {
                let stretches = stretches::of_tab(db, actor, Tab::All).await.unwrap();
                stretches::first(&stretches, order, &sought.walked(), 51)
            }
            false => first_found(actor, Tab::All, order, sought.looked_up(), 51),
        };
        plan(db, &query).await
    };
    let listed = async |actor: &Actor, tab| {
        let stretches = stretches::of_tab(db, actor, tab).await.unwrap();
        let query = stretches::first(
            &stretches,
            Order::of(tab, &Filter::default()),
            &Condition::all(),
            51,
        );
        plan(db, &query).await
    };
    let closing = async |actor: &Actor| {
        let filter = Filter {
            closing: true,
            ..Filter::default()
        };
        let order = Order::of(Tab::All, &filter);
        let narrowed = taken(Tab::All, &filter, Timestamp::from_millis(0));
        plan(db, &first_found(actor, Tab::All, order, narrowed, 51)).await
    };
    let list_put_off = async |actor: &Actor| {
        let query = first_found(actor, Tab::All, Order::LatestMessage, put_off(), 51);
        plan(db, &query).await
    };
    let sought_contacts = async |text: &str, few| {
        let sought = search::sought(text).unwrap().themselves(few);
        plan(db, &contact_list::first(&admin, sought, 51)).await
    };
    let last: Option<Uuid> = contact_list::last_scanned(None)
        .into_tuple()
        .one(db)
        .await
        .unwrap();
    let scanned = Condition::all().add(contact::Column::Id.gte(last.unwrap()));
    let ids = |all: &[u8]| -> Vec<Uuid> {
        let ids = all.iter().map(|n| format!("{ONE}{n}").parse().unwrap());
        ids.collect()
    };
    let own = ["sessions_open_by_owner", "sessions_closed_by_owner"];
    let unowned = ["sessions_open_in_queue", "sessions_closed_in_queue"];
    let seen = [own, unowned].concat();
    let found = ["sessions_closed_by_owner", "contact_words_contact"];
    let than = Order::LatestMessage
        .sort(session::Entity::find())
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let customers = contact::Entity::find()
        .limit(MAX_MERGED as u64)
        .select_only()
        .column(contact::Column::Id);
    let customers: Vec<Uuid> = customers.into_tuple().all(db).await.unwrap();
    let plans: &[(&str, String, &[&str])] = &[
        (
            "history of one contact",
            plan(db, &earlier(&admin, &customers[..1], &than).limit(1)).await,
            &["sessions_contact"],
        ),
        (
            "history of merged contacts",
            plan(db, &earlier(&jana, &customers, &than).limit(1)).await,
            &["sessions_contact"],
        ),
        (
            "contacts that are merged",
            plan(db, &merged::pointing_to(customers[0])).await,
            &["contacts_merged_into"],
        ),
        (
            "counts of the waiting",
            plan(db, &counted(&admin, Tab::Waiting)).await,
            &["sessions_waiting"],
        ),
        (
            "counts of a queue",
            plan(db, &counted(&jana, Tab::Waiting)).await,
            &["sessions_waiting"],
        ),
        (
            "counts of a quiet queue",
            plan(db, &counted(&novice, Tab::Waiting)).await,
            &["sessions_waiting"],
        ),
        (
            "counts of one's own",
            plan(db, &counted(&jana, Tab::Mine)).await,
            &["sessions_open_by_owner"],
        ),
        (
            "list of the waiting",
            listed(&admin, Tab::Waiting).await,
            &["sessions_waiting"],
        ),
        (
            "operator's list of busy queues",
            listed(&jana, Tab::Waiting).await,
            &["sessions_waiting_in_queue"],
        ),
        (
            "operator's list of a quiet queue",
            listed(&novice, Tab::Waiting).await,
            &["sessions_waiting_in_queue"],
        ),
        (
            "put off by an operator",
            list_put_off(&jana).await,
            &["sessions_snoozed"],
        ),
        (
            "put off by anybody",
            list_put_off(&admin).await,
            &["sessions_snoozed"],
        ),
        (
            "list of one's own",
            listed(&jana, Tab::Mine).await,
            &["sessions_open_by_owner"],
        ),
        (
            "list of all",
            listed(&admin, Tab::All).await,
            &["sessions_by_time"],
        ),
        (
            "list of the unread",
            plan(db, &unread(&admin).limit(51)).await,
            &["sessions_unread_by_time"],
        ),
        (
            "operator's list of the unread",
            plan(db, &unread(&jana).limit(51)).await,
            &["sessions_unread_by_time"],
        ),
        (
            "operator's list of few unread",
            plan(db, &unread(&novice).limit(51)).await,
            &["sessions_unread_by_time"],
        ),
        ("operator's list of all", listed(&jana, Tab::All).await, &seen),
        (
            "operator's list of little",
            listed(&novice, Tab::All).await,
            &seen,
        ),
        ("windows that close first", closing(&admin).await, &["sessions_o"]),
        (
            "operator's windows that close first",
            closing(&jana).await,
            &["sessions_o"],
        ),
        (
            "search for one",
            searched(&admin, "430 000 012 345").await,
            &["sessions_contact"],
        ),
        (
            "search for many",
            searched(&admin, "cust").await,
            &["contact_words_contact"],
        ),
        (
            "operator's search for many",
            searched(&jana, "cust").await,
            &found,
        ),
        (
            "operator's search among little",
            searched(&novice, "cust").await,
            &found,
        ),
        (
            "contacts",
            plan(db, &contact_list::first(&admin, Condition::all(), 51)).await,
            &["sessions_contact_by_time"],
        ),
        (
            "search for one contact",
            sought_contacts("430 000 012 345", true).await,
            &["sessions_contact_by_time"],
        ),
        (
            "search for many contacts",
            sought_contacts("cust", false).await,
            &["contact_words_contact", "sessions_contact_by_time"],
        ),
        (
            "search for contacts by frequent words",
            sought_contacts("cust 43", false).await,
            &["contact_words_contact", "sessions_contact_by_time"],
        ),
        (
            "contacts within reach",
            plan(db, &contact_list::first(&bound(), scanned, 51)).await,
            &["sessions_contact_by_time"],
        ),
        (
            "latest sessions of contacts",
            plan(db, &contact_list::latest_of(&admin, &customers)).await,
            &["sessions_contact_by_time"],
        ),
        (
            "open sessions by place",
            plan(db, &extensions::open_sessions(ids(&[OLD, NEW]))).await,
            &["sessions_open_by_owner"],
        ),
        (
            "waiting sessions by place",
            plan(db, &queues::waiting_sessions(ids(&[3, 5]))).await,
            &["sessions_waiting"],
        ),
        (
            "open sessions by owner",
            plan(db, &holders::open_by_owner()).await,
            &["sessions_open_by_owner"],
        ),
        (
            "waiting sessions by queue",
            plan(db, &holders::waiting_by_queue()).await,
            &["sessions_waiting"],
        ),
        (
            "open sessions",
            plan(
                db,
                &session::Entity::find()
                    .filter(is_open())
                    .select_only()
                    .column_as(Expr::cust("COUNT(*)"), "n"),
            )
            .await,
            &["sessions_o"],
        ),
    ];
    for (what, plan, indexes) in plans {
        for index in *indexes {
            assert!(plan.contains(index), "{what}: {plan}");
        }
        for table in ["sessions", "contact_words", "contacts"] {
            let through = [format!("SCAN {table}\n"), format!("Seq Scan on {table}")];
            let through = through
                .iter()
                .any(|through| format!("{plan}\n").contains(through));
            assert!(!through, "{what} reads through {table}: {plan}");
        }
        // An operator's list is made of the beginnings of stretches; a scan of everybody's sessions would take long.
        if what.starts_with("operator's") {
            assert!(!plan.contains("sessions_by_time"), "{what}: {plan}");
            continue;
        }
        // A list is read in the order of its index, and ends after a page.
        let sorts = plan.contains("USE TEMP B-TREE FOR ORDER BY") || plan.contains("Sort Key");
        let may_sort = ["search for one", "windows", "history", "put off", "latest"]
            .iter()
            .any(|few| what.starts_with(few))
            || what.ends_with("s by place");
        assert!(!sorts || may_sort, "{what} sorts: {plan}");
    }
}

/// Every contact is called Customer, and half of them have such a number: the search looks up these, not everybody.
async fn the_rarest_part_is_looked_up(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    for text in ["customer 43000001", "43000001 customer"] {
        let mut sought = search::sought(text).unwrap();
        assert_eq!(
            sought.rarest_first(db, search::COUNTED).await.unwrap(),
            10_000,
            "{text}"
        );
        let looked_up = session::Entity::find().filter(sought.looked_up());
        let sql = looked_up.build(db.get_database_backend()).to_string();
        let (_, subquery) = sql.split_once(" IN (").unwrap();
        assert!(
            subquery.split(')').next().unwrap().contains("'43000001'"),
            "{sql}"
        );
    }
}

/// Every page of a tab, read one after the other.
async fn page_by_page(db: &DatabaseConnection, actor: &Actor, tab: Tab, many: u64) -> Vec<Uuid> {
    let order = Order::of(tab, &Filter::default());
    let stretches = stretches::of_tab(db, actor, tab).await.unwrap();
    let (mut page, mut seen) = (PageRequest::default(), Vec::new());
    loop {
        let beyond = order.beyond(&page).unwrap();
        let found = stretches::first(&stretches, order, &beyond, many);
        let found = found.all(db).await.unwrap();
        let Some(last) = found.last() else {
            return seen;
        };
        page.cursor = Some(order.cursor(last));
        seen.extend(found.iter().map(|row| row.id));
    }
}

async fn stretches_are_the_whole_tab(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    for (actor, many) in [
        (user(OLD, Role::Admin), 5000),
        (user(OLD, Role::Operator), 1000),
        (user(NEW, Role::Operator), 5),
    ] {
        for tab in [Tab::Mine, Tab::Waiting, Tab::All] {
            let all = session::Entity::find().filter(on_tab(&actor, tab));
            let all = Order::of(tab, &Filter::default())
                .sort(all)
                .all(db)
                .await
                .unwrap();
            assert!(!all.is_empty(), "{tab:?}");
            let ids: Vec<_> = all.iter().map(|row| row.id).collect();
            assert_eq!(page_by_page(db, &actor, tab, many).await, ids, "{tab:?}");

            let counted: Option<(i64, Option<i64>)> =
                counted(&actor, tab).into_tuple().one(db).await.unwrap();
            let unread = all.iter().filter(|row| row.unread > 0).count();
            let expected = (all.len().try_into().unwrap(), Some(unread.try_into().unwrap()));
            assert_eq!(counted, Some(expected), "{tab:?}");
        }
        let all = session::Entity::find().filter(visible_to(&actor));
        let all = Order::LatestMessage.sort(all).all(db).await.unwrap();
        let stretches = stretches::of_tab(db, &actor, Tab::All).await.unwrap();
        let nth = stretches::time_of_nth(&stretches, &Condition::all(), 100).unwrap();
        let nth = db.query_one(&nth).await.unwrap();
        let nth = nth.map(|row| row.try_get_by_index::<i64>(0).unwrap());
        assert_eq!(nth, all.get(100).map(|row| row.last_message_at));
    }
}

/// The pages of contacts.
async fn contacts(db: &impl ConnectionTrait, actor: &Actor, text: &str) -> Vec<Vec<Uuid>> {
    let mut page = PageRequest {
        limit: Some(200),
        cursor: None,
    };
    let mut pages = Vec::new();
    loop {
        let (found, more) = contact_list::ids(db, actor, text, &page).await.unwrap();
        pages.push(found);
        match more {
            Some(cursor) => page.cursor = Some(cursor),
            None => return pages,
        }
    }
}

/// Where all words are frequent, and only old contacts have both, the first page is empty. Few contacts are within the reach of a
/// bound token: its pages are short, too.
async fn a_search_for_contacts_goes_on(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let old = 8000_usize;
    for word in ["olda", "oldb"] {
        let some = format!("word BETWEEN '430000000001' AND '{}'", 430_000_000_000 + old);
        let sql = format!(
            "INSERT INTO contact_words (word, contact_id) SELECT '{word}', contact_id FROM contact_words WHERE {some}"
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
    let pages = contacts(db, &user(OLD, Role::Admin), "old customer").await;
    assert!(pages.iter().any(Vec::is_empty));
    let seen = pages.concat();
    assert_eq!(seen.len(), old);
    assert!(seen.is_sorted_by(|one, next| one > next));
    let pages = contacts(db, &bound(), "").await;
    assert!(pages.len() > 1, "{} pages", pages.len());
    assert_eq!(pages.concat().len(), 10);
}

#[tokio::test]
async fn a_search_for_contacts_goes_on_on_sqlite() {
    testing::on_sqlite(a_search_for_contacts_goes_on).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_search_for_contacts_goes_on_on_postgres() {
    testing::on_postgres(a_search_for_contacts_goes_on).await;
}

/// A page of a filter that matches little is short, and the next one goes on where it has scanned.
async fn a_narrowed_list_goes_on(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let quiet: Uuid = format!("{ONE}5").parse().unwrap();
    let filter = Filter::default().with(By::Queue, Some(quiet));
    let taken = || taken(Tab::All, &filter, Timestamp::from_millis(0));
    let order = Order::LatestMessage;
    for actor in [user(OLD, Role::Admin), user(NEW, Role::Operator), bound()] {
        let all = session::Entity::find().filter(visible_to(&actor)).filter(taken());
        let all = order.sort(all).all(db).await.unwrap();
        assert!(all.len() > 4, "{}", all.len());
        let (stretches, reach) = stretches::scanned(db, &actor).await.unwrap();
        let (mut page, mut seen, mut pages) = (PageRequest::default(), Vec::new(), 0);
        loop {
            let beyond = order.beyond(&page).unwrap();
            let narrowed = taken().add(reach.clone());
            let (query, more) = walk::first(db, &stretches, beyond, narrowed, 51).await.unwrap();
            seen.extend(query.all(db).await.unwrap());
            pages += 1;
            match more {
                Some(cursor) => page.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!(seen, all);
        let whole = actor.may(Permission::SessionReadAll) || actor.bound().is_some();
        assert_eq!(pages > 1, whole, "{pages} pages");
    }
}

#[tokio::test]
async fn a_narrowed_list_goes_on_on_sqlite() {
    testing::on_sqlite(a_narrowed_list_goes_on).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_narrowed_list_goes_on_on_postgres() {
    testing::on_postgres(a_narrowed_list_goes_on).await;
}

#[tokio::test]
async fn the_inbox_is_read_in_indexes_on_sqlite() {
    testing::on_sqlite(the_inbox_is_read_in_indexes).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn the_inbox_is_read_in_indexes_on_postgres() {
    testing::on_postgres(the_inbox_is_read_in_indexes).await;
}

#[tokio::test]
async fn the_rarest_part_is_looked_up_on_sqlite() {
    testing::on_sqlite(the_rarest_part_is_looked_up).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn the_rarest_part_is_looked_up_on_postgres() {
    testing::on_postgres(the_rarest_part_is_looked_up).await;
}

#[tokio::test]
async fn stretches_are_the_whole_tab_on_sqlite() {
    testing::on_sqlite(stretches_are_the_whole_tab).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn stretches_are_the_whole_tab_on_postgres() {
    testing::on_postgres(stretches_are_the_whole_tab).await;
}
