//! What a batch needs to know, read with one query per table.

use crate::{
    Result,
    costs::Ledger,
    entity::{contact, contact_identity, message, session},
    inbound::{
        batch::{
            additions::Additions,
            rare::{accounts, closed, early, edits, quicker},
            rows::Rows,
            state::{Batch, News, distinct},
            targets::{extensions, numbers, queues},
            wanted::{AT_ONCE, Wanted},
        },
        identities::{self, Identity},
    },
    sessions::access::is_open,
    transaction::Transaction,
};
use domain::session::State;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LockType,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use whatsapp::webhook::Item;

impl Batch {
    /// Reads what these items are about.
    pub(crate) async fn read(tx: &Transaction, items: &[&Item]) -> Result<Self> {
        let clock = tx.engine().clock();
        let early = early(tx, items).await?;
        let mut wanted = Wanted::of(items);
        for letter in &early {
            wanted.dead_letter(letter);
        }
        let numbers = numbers(tx, &wanted).await?;
        let mut destinations = extensions(tx, &numbers).await?;
        let edits = edits(tx, items).await?;
        let messages = [messages(tx, &wanted).await?, edits.clone()].concat();
        let messages = tx.lock::<message::Entity>(message::Column::Id, messages).await?;
        let (identities, contacts) = contacts(tx, &wanted).await?;
        let closed = closed(tx, items, &contacts).await?;
        let of_messages = messages.iter().map(|message| message.session_id).collect();
        let sessions = [of_messages, open(tx, &contacts).await?, closed.clone()].concat();
        let sessions = tx.lock::<session::Entity>(session::Column::Id, sessions).await?;
        let quicker = quicker(tx, items, &wanted).await?;
        let accounts = accounts(tx, items).await?;
        let costs = Ledger::read(tx, items).await?;
        destinations.extend(queues(tx, &numbers).await?);
        let place = |session: &session::Model| {
            let place = (session.contact_id, session.channel_id, session.group_id.clone());
            (place, session.id)
        };
        // What has closed or opened until it was locked counts as it is now.
        let is_closed = |session: &&session::Model| session.state == State::Closed.as_str();
        let open = sessions.iter().filter(|of| !is_closed(of)).map(place).collect();
        let newest_closed = sessions
            .iter()
            .filter(|of| is_closed(of) && closed.contains(&of.id));
        let newest_closed = newest_closed.map(place).collect();
        let by_wamid = messages
            .iter()
            .filter_map(|row| Some(((row.phone_number_id.clone(), row.wamid.clone()?), row.id)))
            .collect();
        let mut batch = Self {
            clock: clock.clone(),
            now: clock.now().millis(),
            numbers,
            destinations,
            accounts,
            contacts: Rows::known(contacts, |row| row.id),
            identities,
            new_identities: Vec::new(),
            sessions: Rows::known(sessions, |row| row.id),
            open,
            closed: newest_closed,
            edits: HashMap::new(),
            quicker,
            messages: Rows::known(messages, |row| row.id),
            by_wamid,
            waiting: HashMap::new(),
            session_events: Vec::new(),
            costs,
            written: Additions::default(),
            news: News::default(),
        };
        early.iter().for_each(|letter| batch.wait(letter));
        edits.iter().for_each(|edit| batch.edit_stands_alone(*edit));
        Ok(batch)
    }
}

/// The ids of the messages that the items are, or are about.
async fn messages(tx: &DatabaseTransaction, wanted: &Wanted) -> Result<Vec<Uuid>> {
    let mut found = wanted.ours.clone();
    for (number, wamids) in &wanted.wamids {
        for wamids in wamids.chunks(AT_ONCE) {
            let ids = of_wamids(number, wamids)
                .select_only()
                .column(message::Column::Id);
            found.extend(ids.into_tuple::<Uuid>().all(tx).await?);
        }
    }
    Ok(found)
}

fn of_wamids(number: &str, wamids: &[String]) -> Select<message::Entity> {
    use message::Column;
    message::Entity::find()
        .filter(Column::PhoneNumberId.eq(number))
        .filter(Column::Wamid.is_in(wamids))
}

async fn contacts(
    tx: &DatabaseTransaction,
    wanted: &Wanted,
) -> Result<(HashMap<Identity, Uuid>, Vec<contact::Model>)> {
    let mut identities = HashMap::new();
    for kind in identities::KINDS {
        let of_kind = wanted.identities.iter().filter(|(of, _)| *of == kind);
        let values = distinct(of_kind.map(|(_, value)| value.as_str()));
        for values in values.chunks(AT_ONCE) {
            let found = of_values(kind, values).all(tx).await?;
            identities.extend(found.into_iter().map(|row| ((kind, row.value), row.contact_id)));
        }
    }
    let mut contacts = Vec::new();
    for ids in distinct(identities.values().copied()).chunks(AT_ONCE) {
        // Whoever changes one of them waits until the batch is written. One that was erased is nobody's.
        let query = contact::Entity::find()
            .filter(contact::Column::Id.is_in(ids.iter().copied()))
            .filter(contact::Column::ErasedAt.is_null())
            .order_by_asc(contact::Column::Id)
            .lock(LockType::NoKeyUpdate);
        contacts.extend(query.all(tx).await?);
    }
    let found: HashSet<Uuid> = contacts.iter().map(|contact| contact.id).collect();
    identities.retain(|_, contact| found.contains(contact));
    Ok((identities, contacts))
}

fn of_values(kind: &str, values: &[&str]) -> Select<contact_identity::Entity> {
    use contact_identity::Column;
    contact_identity::Entity::find()
        .filter(Column::Kind.eq(kind))
        .filter(Column::Value.is_in(values.iter().copied()))
}

/// The ids of these contacts' open sessions.
async fn open(tx: &DatabaseTransaction, contacts: &[contact::Model]) -> Result<Vec<Uuid>> {
    use session::Column;
    let mut found = Vec::new();
    for contacts in contacts.chunks(AT_ONCE) {
        let ids = session::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::ContactId.is_in(contacts.iter().map(|row| row.id)))
            .filter(is_open());
        found.extend(ids.into_tuple::<Uuid>().all(tx).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use sea_orm::ConnectionTrait as _;

    const HISTORY: &str = "
        INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
        VALUES ('00000000-0000-7000-8000-000000000001', 1, 'c', 'w', 'v', 'unknown', 0, 0);
        INSERT INTO contacts (id, name, created_at) VALUES ('00000000-0000-7000-8000-000000000002', 'p', 0);
        INSERT INTO sessions (id, channel_id, contact_id, state, unread, last_message_at, opened_at)
        VALUES ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001',
                '00000000-0000-7000-8000-000000000002', 'waiting', 0, 0, 0);";

    fn messages_of(number: &str, many: u32) -> String {
        format!(
            "INSERT INTO messages (id, session_id, direction, kind, phone_number_id, wamid, at)
             SELECT gen_random_uuid(), '00000000-0000-7000-8000-000000000003', 'inbound', 'text', '{number}',
                    'wamid.' || i, 0 FROM generate_series(1, {many}) i"
        )
    }

    fn identities_of(kind: &str, many: u32) -> String {
        format!(
            "INSERT INTO contact_identities (kind, value, contact_id)
             SELECT '{kind}', '{kind}.' || i, '00000000-0000-7000-8000-000000000002' FROM generate_series(1, {many}) i"
        )
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn what_the_statistics_do_not_know_is_not_read_through() {
        testing::database::on_postgres(async |db| {
            let db = db.read();
            let history = [
                HISTORY.to_owned(),
                messages_of("old", 20_000),
                identities_of("wa_id", 20_000),
                "ANALYZE".to_owned(),
                messages_of("new", 5000),
                identities_of("bsuid", 5000),
            ];
            for sql in history {
                db.execute_unprepared(&sql).await.unwrap();
            }

            let wamids: Vec<_> = (0..100).map(|i| format!("wamid.{i}")).collect();
            let values: Vec<_> = wamids.iter().map(String::as_str).collect();
            for (plan, column) in [
                (
                    testing::database::plan(db, &of_wamids("new", &wamids)).await,
                    "wamid",
                ),
                (
                    testing::database::plan(db, &of_values("bsuid", &values)).await,
                    "value",
                ),
            ] {
                let by_it =
                    |line: &str| line.contains("Index Cond") && line.contains(&format!("{column} = ANY"));
                assert!(plan.lines().any(by_it), "{plan}");
            }
        })
        .await;
    }
}
