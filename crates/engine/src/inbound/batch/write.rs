//! What a batch has changed, written with one statement per table.

use crate::{
    Result,
    audit::Subject,
    contacts::{alias, blocks, search},
    database::put::{PARAMETERS, put},
    entity::{
        channel, contact, contact_identity, dead_letter, delivery, message, message_payload, outbox, session,
        webhook_call, webhook_event,
    },
    events::{Audience, Deed, deeds::About},
    inbound::batch::{Batch, additions::Additions, state::Number},
    labels,
    search::index::{self, Entry},
    sessions::{audience::session_changed, contact_merge, contact_note, status::files_failed},
    templates,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    event::Change,
    ids::{ChannelId, LineId, MessageId, SessionId},
    session::State,
    time::{SERVICE_WINDOW, Timestamp},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict, Query},
};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Batch {
    /// Writes everything.
    pub(crate) async fn write(self, tx: &Transaction) -> Result<()> {
        self.tell_news(tx);
        let Additions {
            payloads,
            calls_over,
            files,
            statuses,
            dead,
            sent,
            deliveries,
            newest,
            letters_done,
            merged,
            moved,
            mut joined,
            new,
            opened,
            traffic,
            receipts,
            templates: template_updates,
        } = self.written;
        if !receipts.is_empty() {
            tx.then(move |engine| {
                for (session, receipt) in receipts {
                    engine.receipts.add(session, receipt);
                }
            });
            tx.wake(Worker::Receipts);
        }
        for number in self.numbers.values() {
            hear(tx, number).await?;
        }
        let mut contacts = self.contacts.into_changed();
        alias::keep(tx, &mut contacts, &merged).await?;
        search::keep(tx, &mut contacts, self.now).await?;
        put(
            tx,
            contacts,
            replacing(
                contact::Column::Id,
                [
                    contact::Column::Name,
                    contact::Column::Alias,
                    contact::Column::Username,
                    contact::Column::WaId,
                    contact::Column::Bsuid,
                    contact::Column::ProfileAt,
                    contact::Column::WordsAt,
                    contact::Column::AloneSince,
                ],
            ),
        )
        .await?;
        let identities = self.new_identities.into_iter().filter_map(|identity| {
            let contact_id = *self.identities.get(&identity)?;
            let (kind, value) = identity;
            Some(contact_identity::Model {
                kind: kind.to_owned(),
                value,
                contact_id,
            })
        });
        put(tx, identities.collect(), None).await?;
        // When two sessions became one, the one that ended is written first: a contact has only one open session.
        let mut sessions = self.sessions.into_changed();
        sessions.sort_by_key(|session| session.state != State::Closed.as_str());
        put(
            tx,
            sessions,
            replacing(
                session::Column::Id,
                [
                    session::Column::ContactId,
                    session::Column::State,
                    session::Column::ExtensionId,
                    session::Column::Unread,
                    session::Column::LastMessageId,
                    session::Column::LastMessageAt,
                    session::Column::LastInboundAt,
                    session::Column::ClosedAt,
                    session::Column::WaitingSince,
                    session::Column::WindowClosedAt,
                    session::Column::SnoozedUntil,
                ],
            ),
        )
        .await?;
        put(tx, self.session_events, None).await?;
        let messages = self.messages.into_changed();
        files_failed(tx, &messages).await?;
        add_texts(tx, &messages, &new).await?;
        put(
            tx,
            messages,
            replacing(
                message::Column::Id,
                [
                    message::Column::SessionId,
                    message::Column::FirstSessionId,
                    message::Column::Wamid,
                    message::Column::Status,
                    message::Column::FailureCode,
                    message::Column::FailureTitle,
                    message::Column::FailureDetails,
                    message::Column::FailureTrace,
                ],
            ),
        )
        .await?;
        for (waba_id, update) in template_updates {
            templates::webhook::apply(tx, &waba_id, update).await?;
        }
        put(tx, payloads, None).await?;
        let calls_over = calls_over
            .into_iter()
            .map(|(message_id, payload)| message_payload::Model { message_id, payload });
        put(
            tx,
            calls_over.collect(),
            replacing(
                message_payload::Column::MessageId,
                [message_payload::Column::Payload],
            ),
        )
        .await?;
        if !files.is_empty() {
            put(tx, files, None).await?;
            tx.wake(Worker::Fetch);
        }
        put(tx, statuses, Some(OnConflict::new().do_nothing().to_owned())).await?;
        put(
            tx,
            dead,
            Some(
                OnConflict::columns([dead_letter::Column::DeliveryId, dead_letter::Column::Position])
                    .do_nothing()
                    .to_owned(),
            ),
        )
        .await?;
        for ids in letters_done.chunks(PARAMETERS) {
            dead_letter::Entity::delete_many()
                .filter(dead_letter::Column::Id.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;
        }
        for ids in sent.chunks(PARAMETERS) {
            let query = outbox::Entity::delete_many();
            query
                .filter(outbox::Column::MessageId.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;
        }
        for (from, to) in moved {
            move_session(tx, from, to).await?;
            labels::joined(tx, from, to).await?;
            joined.insert(to);
        }
        for session in joined {
            index::moved_into(tx, session).await?;
        }
        for session in newest {
            look_for_newest(tx, session).await?;
        }
        for &(gone, kept) in &merged {
            contact_note::merged(tx, gone, kept).await?;
            blocks::merged(&**tx, gone, kept).await?;
            contact_merge::joined(tx, gone, kept).await?;
            merge(tx, gone, kept).await?;
        }
        let stayed = |kept: Uuid| {
            let goes_on = |kept: Uuid, &(gone, into): &(Uuid, Uuid)| if gone == kept { into } else { kept };
            merged.iter().fold(kept, goes_on)
        };
        for contact in self.news.contacts {
            let parts = merged.iter().filter(|(_, kept)| stayed(*kept) == contact);
            let parts: Vec<Uuid> = parts.map(|(gone, _)| *gone).collect();
            contact_merge::learned(tx, contact, &parts).await?;
        }
        put(
            tx,
            deliveries,
            replacing(
                delivery::Column::Id,
                [delivery::Column::Attempts, delivery::Column::ProcessedAt],
            ),
        )
        .await?;
        traffic.write(tx).await?;
        tell_superseded(tx, opened, self.now).await?;
        self.costs.write(tx).await
    }

    /// Tells of the sessions as they are after the batch.
    fn tell_news(&self, tx: &Transaction) {
        for line in &self.session_events {
            let about = About::Session(SessionId::new(line.session_id));
            tx.did(about, Deed::Line(LineId::new(line.id)));
        }
        for (message, deed) in &self.news.deeds {
            tx.did(About::Message(*message), deed.clone());
        }
        for ((session, message), inbound) in &self.news.messages {
            if let Some(session) = self.sessions.get(*session) {
                let change = Change::Message {
                    session: SessionId::new(session.id),
                    message: MessageId::new(*message),
                    inbound: *inbound,
                };
                tx.changed(change, Audience::of_session(session));
            }
        }
        for session in &self.news.sessions {
            if let Some(session) = self.sessions.get(*session) {
                let change = Change::Session {
                    session: SessionId::new(session.id),
                };
                tx.changed(change, Audience::around_session(session));
            }
        }
        for channel in &self.news.tested {
            tx.audit("channel.test_arrived", Subject::Channel(*channel), None);
            let channel = ChannelId::new(*channel);
            tx.changed(Change::Channel { channel }, Audience::Everybody);
        }
        for change in &self.news.everybody {
            tx.changed(change.clone(), Audience::Everybody);
        }
    }
}

/// Where a row with the same key exists, these columns of it are replaced.
fn replacing<C: ColumnTrait, const N: usize>(key: C, columns: [C; N]) -> Option<OnConflict> {
    Some(OnConflict::column(key).update_columns(columns).to_owned())
}

/// Notes when the channel last heard from Meta; these times only rise.
async fn hear(tx: &Transaction, number: &Number) -> Result<()> {
    use channel::Column;
    let heard = &number.heard;
    if heard.inbound_at.is_none() && heard.status_at.is_none() && heard.payment_refused_at.is_none() {
        return Ok(());
    }
    let mut update = channel::Entity::update_many();
    for (column, at) in [
        (Column::LastInboundAt, heard.inbound_at),
        (Column::LastStatusAt, heard.status_at),
    ] {
        if let Some(at) = at {
            update = update.col_expr(column, Expr::value(at));
        }
    }
    if let Some(at) = heard.payment_refused_at {
        update = update
            .col_expr(Column::PaymentRefusedAt, Expr::value(at))
            .col_expr(Column::DoctorAt, Expr::value(None::<i64>));
        tx.wake(Worker::Doctor);
    }
    update.filter(Column::Id.eq(number.channel.id)).exec(tx).await?;
    Ok(())
}

/// Tells of sessions that cannot be opened again, because a new one has begun.
async fn tell_superseded(tx: &Transaction, contacts: BTreeSet<Uuid>, now: i64) -> Result<()> {
    use session::Column;
    let window = Timestamp::from_millis(now).minus(SERVICE_WINDOW).millis();
    let contacts: Vec<_> = contacts.into_iter().collect();
    for some in contacts.chunks(PARAMETERS) {
        let closed = session::Entity::find()
            .filter(Column::ContactId.is_in(some.iter().copied()))
            .filter(Column::State.eq(State::Closed.as_str()))
            .filter(Column::LastInboundAt.gt(window));
        for of in closed.all(&**tx).await? {
            session_changed(tx, &of);
        }
    }
    Ok(())
}

/// Makes the texts of new messages known to the search.
async fn add_texts(
    tx: &DatabaseTransaction,
    messages: &[message::Model],
    new: &BTreeSet<Uuid>,
) -> Result<()> {
    let new = messages.iter().filter(|message| new.contains(&message.id));
    let entries: Vec<_> = new.filter_map(Entry::of_message).collect();
    index::add(tx, &entries).await
}

/// Moves messages that were not read: those in memory have moved already.
async fn move_session(tx: &DatabaseTransaction, from: Uuid, to: Uuid) -> Result<()> {
    message::Entity::update_many()
        .col_expr(message::Column::SessionId, Expr::value(to))
        .col_expr(message::Column::FirstSessionId, message::first_session())
        .filter(message::Column::SessionId.eq(from))
        .exec(tx)
        .await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::SessionId, Expr::value(to))
        .filter(outbox::Column::SessionId.eq(from))
        .exec(tx)
        .await?;
    // What waits for webhooks keeps its order within the session that is left.
    let events = Query::select()
        .column(webhook_event::Column::Id)
        .from(webhook_event::Entity)
        .and_where(webhook_event::Column::SessionId.eq(from))
        .to_owned();
    webhook_call::Entity::update_many()
        .col_expr(webhook_call::Column::SessionId, Expr::value(to))
        .filter(webhook_call::Column::EventId.in_subquery(events))
        .exec(tx)
        .await?;
    // What webhooks were told goes with the session when it is erased.
    webhook_event::Entity::update_many()
        .col_expr(webhook_event::Column::SessionId, Expr::value(to))
        .filter(webhook_event::Column::SessionId.eq(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// Looks up the newest message of a session. A message about another one does not count, except an edit whose message
/// is not here.
async fn look_for_newest(tx: &DatabaseTransaction, id: Uuid) -> Result<()> {
    let alone = "messages.kind = 'edit' AND NOT EXISTS (SELECT 1 FROM messages original \
                 WHERE original.wamid = messages.target_wamid \
                 AND original.phone_number_id = messages.phone_number_id)";
    let speaks = Condition::any()
        .add(message::Column::TargetWamid.is_null())
        .add(Expr::cust(alone));
    let newest: Option<(Uuid, i64)> = message::Entity::find()
        .select_only()
        .columns([message::Column::Id, message::Column::At])
        .filter(message::Column::SessionId.eq(id))
        .filter(speaks)
        .order_by_desc(message::Column::At)
        .order_by_desc(message::Column::Id)
        .into_tuple()
        .one(tx)
        .await?;
    let mut update = session::Entity::update_many();
    update = update.col_expr(
        session::Column::LastMessageId,
        Expr::value(newest.map(|(newest, _)| newest)),
    );
    if let Some((_, at)) = newest {
        update = update.col_expr(session::Column::LastMessageAt, Expr::value(at));
    }
    update.filter(session::Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

async fn merge(tx: &DatabaseTransaction, gone: Uuid, kept: Uuid) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::ContactId, Expr::value(kept))
        .filter(session::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    contact_identity::Entity::update_many()
        .col_expr(contact_identity::Column::ContactId, Expr::value(kept))
        .filter(contact_identity::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    search::forget(tx, &[gone]).await?;
    contact::Entity::delete_by_id(gone).exec(tx).await?;
    Ok(())
}
