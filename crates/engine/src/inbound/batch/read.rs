//! What a batch needs to know, read with one query a table.

use crate::{
    Result,
    credentials::seal::Kind,
    entity::{
        channel, channel_secret, contact, contact_identity, dead_letter, extension, message, message_status,
        queue, session,
    },
    inbound::{
        batch::{
            ledger::{Heard, Ledger, Named, News, Number, distinct},
            rows::Rows,
            written::Written,
        },
        identities::{self, Identity},
    },
    sessions::access::is_open,
    transaction::Transaction,
};
use domain::{ids::MessageId, message::is_by_whatsapp, session::State};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;
use whatsapp::webhook::{InboundMessage, Item, ItemKind};

/// Values in one `IN`: SQLite has 32,766 parameters a statement, PostgreSQL twice as many.
const AT_ONCE: usize = 10_000;

impl Ledger {
    /// Reads what these items are about.
    pub(crate) async fn read(tx: &Transaction, items: &[&Item]) -> Result<Self> {
        let clock = tx.engine().clock();
        let early = early(tx, items).await?;
        let mut wanted = Wanted::of(items);
        for letter in &early {
            wanted.letter(letter);
        }
        let numbers = numbers(tx, &wanted).await?;
        let mut destinations = extensions(tx, &numbers).await?;
        let mut messages = messages(tx, &wanted).await?;
        let edits = edits(tx, items).await?;
        messages.extend(edits.iter().cloned());
        let (identities, contacts) = people(tx, &wanted).await?;
        let sessions = sessions(tx, contacts.iter().map(|row| row.id), &messages).await?;
        let closed = closed(tx, items, &contacts).await?;
        let quicker = quicker(tx, items, &wanted).await?;
        destinations.extend(queues(tx, &numbers).await?);
        let place = |session: &session::Model| {
            let place = (session.contact_id, session.channel_id, session.group_id.clone());
            (place, session.id)
        };
        let open = sessions
            .iter()
            .filter(|session| session.state != State::Closed.as_str())
            .map(place)
            .collect();
        let newest_closed = closed.iter().map(place).collect();
        let by_wamid = messages
            .iter()
            .filter_map(|row| Some(((row.phone_number_id.clone(), row.wamid.clone()?), row.id)))
            .collect();
        let mut ledger = Self {
            clock: clock.clone(),
            now: clock.now().millis(),
            numbers,
            destinations,
            contacts: Rows::known(contacts, |row| row.id),
            identities,
            new_identities: Vec::new(),
            sessions: Rows::known(closed.into_iter().chain(sessions), |row| row.id),
            open,
            closed: newest_closed,
            edits: HashMap::new(),
            quicker,
            messages: Rows::known(messages, |row| row.id),
            by_wamid,
            waiting: HashMap::new(),
            session_events: Vec::new(),
            written: Written::default(),
            news: News::default(),
        };
        early.iter().for_each(|letter| ledger.wait(letter));
        edits.iter().for_each(|edit| ledger.edit_stands_alone(edit.id));
        Ok(ledger)
    }
}

/// The keys of what has to be read.
#[derive(Debug, Default)]
struct Wanted {
    /// Wamids by the number they belong to.
    wamids: HashMap<String, Vec<String>>,
    /// Our own ids, which Meta hands back with a status.
    ours: Vec<Uuid>,
    identities: Vec<Identity>,
}

impl Wanted {
    fn of(items: &[&Item]) -> Self {
        let mut wanted = Self::default();
        for item in items {
            let Some(number) = &item.phone_number_id else {
                continue;
            };
            match &item.kind {
                ItemKind::Message(message) | ItemKind::Echo(message) => wanted.message(number, message),
                ItemKind::Status(update) => {
                    let wamids = wanted.of_number(number);
                    wamids.push(update.wamid.as_str().to_owned());
                    let ours = update.callback_data.as_deref();
                    let ours = ours.and_then(|id| id.parse::<MessageId>().ok());
                    wanted.ours.extend(ours.map(MessageId::uuid));
                }
                ItemKind::Error(_) | ItemKind::Change { .. } | ItemKind::Malformed { .. } => {
                    wanted.of_number(number);
                }
            }
        }
        wanted
    }

    fn of_number(&mut self, number: &str) -> &mut Vec<String> {
        self.wamids.entry(number.to_owned()).or_default()
    }

    fn message(&mut self, number: &str, inbound: &InboundMessage) {
        let wamids = self.of_number(number);
        wamids.push(inbound.wamid.as_str().to_owned());
        wamids.extend(inbound.content.about().map(str::to_owned));
        self.identities.extend(identities::identities(inbound));
    }

    /// A letter that may be applied with the message for which it waits.
    fn letter(&mut self, letter: &dead_letter::Model) {
        let number = letter.phone_number_id.as_deref();
        if let (Some(number), Some(inbound)) = (number, whatsapp::webhook::message(&letter.raw)) {
            self.message(number, &inbound);
        }
    }
}

/// What came before these messages and is about them. There is hardly ever any.
async fn early(tx: &DatabaseTransaction, items: &[&Item]) -> Result<Vec<dead_letter::Model>> {
    // As it stands in the condition of the index.
    let all = || dead_letter::Entity::find().filter(Expr::cust("reason = 'no_message'"));
    let wamids = incoming(items);
    let mut found = Vec::new();
    if wamids.is_empty() || all().one(tx).await?.is_none() {
        return Ok(found);
    }
    for wamids in wamids.chunks(AT_ONCE) {
        let of_these = all().filter(dead_letter::Column::Detail.is_in(wamids.iter().copied()));
        found.extend(of_these.order_by_asc(dead_letter::Column::Id).all(tx).await?);
    }
    Ok(found)
}

async fn numbers(tx: &DatabaseTransaction, wanted: &Wanted) -> Result<HashMap<String, Number>> {
    let channels = channel::Entity::find()
        .filter(channel::Column::PhoneNumberId.is_in(wanted.wamids.keys()))
        .all(tx)
        .await?;
    if channels.is_empty() {
        return Ok(HashMap::new());
    }
    let secrets = channel_secret::Entity::find()
        .filter(channel_secret::Column::ChannelId.is_in(channels.iter().map(|channel| channel.id)))
        .filter(
            channel_secret::Column::Kind
                .is_in([Kind::AppSecret, Kind::NextAppSecret].map(|kind| kind.as_str())),
        )
        .all(tx)
        .await?;
    let number = |channel: channel::Model| {
        let own = secrets.iter().filter(|secret| secret.channel_id == channel.id);
        let signers = own.map(|secret| secret.fingerprint.clone()).collect();
        let number = Number {
            signers,
            heard: Heard::default(),
            channel: Arc::new(channel),
        };
        Some((number.channel.phone_number_id.clone()?, number))
    };
    Ok(channels.into_iter().filter_map(number).collect())
}

async fn messages(tx: &DatabaseTransaction, wanted: &Wanted) -> Result<Vec<message::Model>> {
    use message::Column;
    let mut found = Vec::new();
    for (number, wamids) in &wanted.wamids {
        for wamids in wamids.chunks(AT_ONCE) {
            found.extend(of_wamids(number, wamids).all(tx).await?);
        }
    }
    for ours in wanted.ours.chunks(AT_ONCE) {
        let query = message::Entity::find().filter(Column::Id.is_in(ours.iter().copied()));
        found.extend(query.order_by_asc(Column::Id).lock_exclusive().all(tx).await?);
    }
    Ok(found)
}

fn of_wamids(number: &str, wamids: &[String]) -> Select<message::Entity> {
    use message::Column;
    message::Entity::find()
        .filter(Column::PhoneNumberId.eq(number))
        .filter(Column::Wamid.is_in(wamids))
        .order_by_asc(Column::Id)
        .lock_exclusive()
}

async fn people(
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
    let mut people = Vec::new();
    for ids in distinct(identities.values().copied()).chunks(AT_ONCE) {
        let query = contact::Entity::find().filter(contact::Column::Id.is_in(ids.iter().copied()));
        people.extend(query.all(tx).await?);
    }
    Ok((identities, people))
}

fn of_values(kind: &str, values: &[&str]) -> Select<contact_identity::Entity> {
    use contact_identity::Column;
    contact_identity::Entity::find()
        .filter(Column::Kind.eq(kind))
        .filter(Column::Value.is_in(values.iter().copied()))
}

/// The open sessions of these contacts, and those of these messages.
async fn sessions(
    tx: &DatabaseTransaction,
    contacts: impl Iterator<Item = Uuid>,
    messages: &[message::Model],
) -> Result<Vec<session::Model>> {
    use session::Column;
    let mut found: HashMap<Uuid, session::Model> = HashMap::new();
    let contacts: Vec<_> = contacts.collect();
    let of_messages = distinct(messages.iter().map(|message| message.session_id));
    let open = |contacts: &[Uuid]| {
        Condition::all()
            .add(Column::ContactId.is_in(contacts.iter().copied()))
            .add(is_open())
    };
    let named = |ids: &[Uuid]| Condition::all().add(Column::Id.is_in(ids.iter().copied()));
    let conditions = contacts
        .chunks(AT_ONCE)
        .map(open)
        .chain(of_messages.chunks(AT_ONCE).map(named));
    for condition in conditions {
        let query = session::Entity::find().filter(condition);
        let rows = query.order_by_asc(Column::Id).lock_exclusive().all(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found.into_values().collect())
}

/// The edits of these messages that came before them. Numbers without the phone app have none.
async fn edits(tx: &DatabaseTransaction, items: &[&Item]) -> Result<Vec<message::Model>> {
    // As it stands in the condition of the index.
    let all = || message::Entity::find().filter(Expr::cust("kind = 'edit'"));
    let wamids = incoming(items);
    let mut found = Vec::new();
    if wamids.is_empty() || all().one(tx).await?.is_none() {
        return Ok(found);
    }
    for wamids in wamids.chunks(AT_ONCE) {
        let of_these = all().filter(message::Column::TargetWamid.is_in(wamids.iter().copied()));
        found.extend(
            of_these
                .order_by_asc(message::Column::Id)
                .lock_exclusive()
                .all(tx)
                .await?,
        );
    }
    Ok(found)
}

/// The wamids of the messages among these items.
fn incoming<'i>(items: &[&'i Item]) -> Vec<&'i str> {
    distinct(items.iter().filter_map(|item| match &item.kind {
        ItemKind::Message(message) | ItemKind::Echo(message) => Some(message.wamid.as_str()),
        _ => None,
    }))
}

/// Where those of these messages go that open no session, when none is open.
async fn closed(
    tx: &DatabaseTransaction,
    items: &[&Item],
    contacts: &[contact::Model],
) -> Result<Vec<session::Model>> {
    let mut found = Vec::new();
    let opens_none = |item: &&Item| match &item.kind {
        ItemKind::Echo(_) => true,
        ItemKind::Message(message) => is_by_whatsapp(message.content.kind()),
        _ => false,
    };
    if !items.iter().any(opens_none) {
        return Ok(found);
    }
    let newer = "NOT EXISTS (SELECT 1 FROM sessions newer WHERE newer.contact_id = sessions.contact_id \
                 AND newer.channel_id = sessions.channel_id \
                 AND newer.group_id IS NOT DISTINCT FROM sessions.group_id AND newer.id > sessions.id)";
    for contacts in contacts.chunks(AT_ONCE) {
        let query = session::Entity::find()
            .filter(session::Column::ContactId.is_in(contacts.iter().map(|row| row.id)))
            .filter(session::Column::State.eq(State::Closed.as_str()))
            .filter(Expr::cust(newer));
        let query = query.order_by_asc(session::Column::Id).lock_exclusive();
        found.extend(query.all(tx).await?);
    }
    Ok(found)
}

/// The statuses that were quicker than the echo of their message.
async fn quicker(
    tx: &DatabaseTransaction,
    items: &[&Item],
    wanted: &Wanted,
) -> Result<Vec<message_status::Model>> {
    let mut found = Vec::new();
    if !items.iter().any(|item| matches!(item.kind, ItemKind::Echo(_))) {
        return Ok(found);
    }
    for (number, wamids) in &wanted.wamids {
        for wamids in wamids.chunks(AT_ONCE) {
            let query = message_status::Entity::find()
                .filter(message_status::Column::PhoneNumberId.eq(number.as_str()))
                .filter(message_status::Column::Wamid.is_in(wamids));
            found.extend(query.all(tx).await?);
        }
    }
    Ok(found)
}

/// The extensions to which the channels lead. Nobody disables one until the transaction ends: a session that it gets would
/// be left with it. They are locked before messages and sessions, in the order of whoever disables one.
async fn extensions(
    tx: &DatabaseTransaction,
    numbers: &HashMap<String, Number>,
) -> Result<HashMap<Uuid, Named>> {
    let channels = numbers.values().map(|number| number.channel.as_ref());
    let ids = channels.flat_map(|c| [c.extension_id, c.fallback_extension_id]);
    let ids = distinct(ids.flatten());
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = extension::Entity::find().filter(extension::Column::Id.is_in(ids));
    let query = query.order_by_asc(extension::Column::Id).lock_shared();
    let named = |row: extension::Model| (row.id, Named::new(row.name, row.disabled_at));
    Ok(query.all(tx).await?.into_iter().map(named).collect())
}

/// The queues to which the channels lead.
async fn queues(tx: &DatabaseTransaction, numbers: &HashMap<String, Number>) -> Result<HashMap<Uuid, Named>> {
    let channels = numbers.values().map(|number| number.channel.as_ref());
    let queues = distinct(channels.flat_map(|c| [c.queue_id, c.fallback_queue_id]).flatten());
    if queues.is_empty() {
        return Ok(HashMap::new());
    }
    let found = queue::Entity::find().filter(queue::Column::Id.is_in(queues));
    let named = |row: queue::Model| (row.id, Named::new(row.name, row.disabled_at));
    Ok(found.all(tx).await?.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use sea_orm::ConnectionTrait as _;

    const HISTORY: &str = "
        INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
        VALUES ('00000000-0000-7000-8000-000000000001', 1, 'c', 'w', 'v', 'untested', 0, 0);
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
