//! Writing an answer, together with the outbox row that sends it.

use crate::{
    Engine, Result,
    channels::traffic::Traffic,
    contacts::blocks,
    costs,
    entity::{channel, file_attempt, message, message_payload, outbox, session, stored},
    outbound::attachment,
    search::index::{self, Entry},
    sessions::{access, assignment, audience::message_sent, content, lifecycle, messages::view, tell_read},
    templates::sending,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::Actor,
    file::FileWay,
    ids::{FileId, MessageId, SessionId},
    message::{
        Direction, MessageView, Outgoing, Status,
        content::{Content, Reaction},
        idempotency_key,
    },
    refusal::Refusal,
    session::ReplyEffect,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use uuid::Uuid;

/// Answers the customer. A repeated `key` returns the same message and sends nothing twice; with other content it is
/// refused, because otherwise one of the two would be lost silently.
pub async fn send(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    outgoing: impl Into<Outgoing>,
    key: Option<&str>,
) -> Result<MessageView> {
    let outgoing = outgoing.into();
    outgoing.check()?;
    let key = checked(key)?;
    let tx = engine.transaction(actor).await?;
    if let Some(own) = actor.extension() {
        assignment::stays_enabled(&tx, own).await?;
    }
    let session = access::find(&tx, actor, id, true).await?;
    if let Some(key) = &key
        && let Some(known) = of_key(&tx, session.id, key).await?
    {
        return match content::outgoing(&*tx, &known).await?.is_same(&outgoing) {
            true => shown(&*tx, known).await,
            false => Err(Refusal::KeyReused.into()),
        };
    }
    let written = write(&tx, &session, &outgoing, key.as_deref(), None).await?;
    tx.commit().await?;
    Ok(written)
}

/// The message that was sent under this key in the session.
///
/// # Errors
/// The actor may not see the session; `Invalid` for a key that is none.
pub async fn sent_before(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    key: Option<&str>,
) -> Result<Option<MessageView>> {
    let Some(key) = checked(key)? else { return Ok(None) };
    let db = engine.db.read();
    let session = access::find(db, actor, id, false).await?;
    match of_key(db, session.id, &key).await? {
        Some(known) => Ok(Some(shown(db, known).await?)),
        None => Ok(None),
    }
}

/// The idempotency key as it is stored; an empty one is none.
fn checked(key: Option<&str>) -> Result<Option<String>> {
    let key = key.filter(|key| !key.is_empty()).map(idempotency_key).transpose();
    Ok(key.map_err(|problem| Refusal::field("key", problem))?)
}

/// Reacts to a message, in either direction, that Meta knows. An empty emoji takes the reaction away.
pub async fn react(engine: &Engine, actor: &Actor, id: MessageId, emoji: &str) -> Result<MessageView> {
    let found = message::Entity::find_by_id(id.uuid())
        .one(engine.db.read())
        .await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let session = SessionId::new(found.session_id);
    access::find(engine.db.read(), actor, session, false).await?;
    let reaction = Reaction {
        message_id: found.wamid.ok_or(Refusal::NotFound)?,
        emoji: Some(emoji.to_owned()).filter(|emoji| !emoji.is_empty()),
    };
    send(engine, actor, session, Content::Reaction(reaction), None).await
}

/// Sends a failed message again, as a new message that names the failed one.
pub async fn retry(engine: &Engine, actor: &Actor, id: MessageId) -> Result<MessageView> {
    let tx = engine.transaction(actor).await?;
    if let Some(own) = actor.extension() {
        assignment::stays_enabled(&tx, own).await?;
    }
    let failed = message::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let session = access::find(&tx, actor, SessionId::new(failed.session_id), true).await?;
    let status = failed.status.as_deref().map(stored::<Status>).transpose()?;
    if failed.phone || !status.is_some_and(Status::may_be_retried) {
        return Err(Refusal::NotFailed.into());
    }
    // A double click must not send twice: a second retry of the same message returns the first one.
    let key = retry_key(id);
    if let Some(known) = of_key(&tx, failed.first_session(), &key).await? {
        return shown(&*tx, known).await;
    }
    let again = content::outgoing(&*tx, &failed).await?;
    let of = Again {
        failed: &failed,
        other_way: None,
    };
    let written = write(&tx, &session, &again, Some(&key), Some(of)).await?;
    tx.commit().await?;
    Ok(written)
}

/// The idempotency key of the one retry of a message.
pub(super) fn retry_key(failed: MessageId) -> String {
    format!("retry:{failed}")
}

/// The message that was written in this session under this key.
pub(super) async fn of_key(
    db: &impl ConnectionTrait,
    session: Uuid,
    key: &str,
) -> Result<Option<message::Model>> {
    Ok(message::with_key(session, key).one(db).await?)
}

/// The message with what it says beside its words.
async fn shown(db: &impl ConnectionTrait, row: message::Model) -> Result<MessageView> {
    let mut message = view(row)?;
    content::fill(db, std::slice::from_mut(&mut message)).await?;
    Ok(message)
}

/// What a message repeats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again<'failed> {
    pub(super) failed: &'failed message::Model,
    /// The file's other way, because the first has failed.
    pub(super) other_way: Option<FileWay>,
}

pub(super) async fn write(
    tx: &Transaction,
    session: &session::Model,
    outgoing: &Outgoing,
    key: Option<&str>,
    again: Option<Again<'_>>,
) -> Result<MessageView> {
    let (actor, clock) = (tx.actor(), tx.engine().clock());
    let access = access::session_access(tx, actor.extension(), session).await?;
    let is_template = matches!(outgoing.content, Content::Template(_));
    let effect = match is_template {
        true => access.send_template(actor)?,
        false => access.reply(actor)?,
    };
    if !session.window_is_open(clock.now()) && !is_template {
        return Err(Refusal::WindowClosed.into());
    }
    let channel = channel::Entity::find_by_id(session.channel_id)
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let number = channel.phone_number_id.as_deref();
    if blocks::block_of(tx, session.contact_id, number).await?.is_some() {
        return Err(Refusal::CustomerBlocked.into());
    }
    let other_way = again.and_then(|again| again.other_way);
    let way = other_way.unwrap_or(channel.sending()?.file_way);
    let mut outgoing = outgoing.clone();
    if let Content::Template(template) = &mut outgoing.content {
        *template = sending::prepared(tx, &channel, template).await?;
        costs::may_send_template(tx, clock.now()).await?;
    }
    let outgoing = &outgoing;
    let phone_number_id = channel.phone_number_id.ok_or(Refusal::ChannelIncomplete)?;
    let file = match outgoing.content.file() {
        Some(file) => Some(attachment::take(tx, session, outgoing, file, again.is_some(), way).await?),
        None => None,
    };
    let mut session = session.clone();
    match effect {
        ReplyEffect::Nothing => {}
        ReplyEffect::PicksUp => {
            let taker = actor.own_extension()?.clone();
            assignment::take(tx, &session, &taker, assignment::Taking::PicksUp).await?;
            session.extension_id = Some(taker.id.uuid());
        }
        ReplyEffect::Reopens => {
            session = lifecycle::reopen(tx, &session, access.owner.as_ref()).await?;
        }
    }
    let (author, by_token) = match (actor, again) {
        (Actor::User(me), _) => (Some(me.name.clone()), false),
        (Actor::Token { name, .. }, _) => (Some(name.clone()), true),
        (Actor::System, Some(Again { failed, .. })) => (failed.author.clone(), failed.by_token),
        (Actor::System, None) => (None, false),
    };
    let now = clock.now().millis();
    let row = message::Model {
        id: clock.new_id(),
        session_id: session.id,
        // A retry's key is looked up in the session of what it repeats.
        first_session_id: again.and_then(|again| again.failed.first_session_id),
        direction: Direction::Outbound.as_str().to_owned(),
        kind: outgoing.content.kind().to_owned(),
        text: outgoing.content.words(),
        phone_number_id,
        wamid: None,
        // Meta's times are whole seconds. With whole seconds here too, messages of one second stay in the order of
        // their arrival. An answer is never earlier than what it answers, even when the customer's clock runs ahead.
        at: (now - now.rem_euclid(1000)).max(session.last_inbound_at.unwrap_or(0)),
        status: Some(Status::Queued.as_str().to_owned()),
        failure_code: None,
        failure_title: None,
        failure_details: None,
        failure_trace: None,
        author,
        by_token,
        retry_of: again.map(|again| again.failed.id),
        idempotency_key: key.map(str::to_owned),
        target_wamid: outgoing.content.about().map(str::to_owned),
        phone: false,
        file_id: file.map(FileId::uuid),
    };
    message::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    let text: Vec<_> = Entry::of_message(&row).into_iter().collect();
    index::add(tx, &text).await?;
    if let Some(payload) = content::row_of(row.id, outgoing)? {
        message_payload::Entity::insert(payload.into_active_model())
            .exec_without_returning(tx)
            .await?;
    }
    let mut traffic = Traffic::default();
    traffic.add(session.channel_id, &row.direction, row.at);
    traffic.write(tx).await?;
    let of_user = matches!(actor, Actor::User(_));
    let others = outbox::Entity::find()
        .filter(outbox::Column::SessionId.eq(session.id))
        .count(tx)
        .await?;
    let job = outbox::Model {
        message_id: row.id,
        session_id: session.id,
        channel_id: session.channel_id,
        attempts: 0,
        due_at: now,
        calling_since: None,
        doubts: 0,
        claimed_by: None,
        lane: outbox::lane(of_user, others == 0),
        file_id: file.map(FileId::uuid),
        by_link: file.is_some() && way == FileWay::Link,
    };
    if file.is_some() {
        let attempt = file_attempt::Model {
            message_id: row.id,
            channel_id: session.channel_id,
            way: way.as_str().to_owned(),
            is_second: other_way.is_some(),
            failed: false,
            retry_due: false,
            at: now,
        };
        file_attempt::Entity::insert(attempt.into_active_model())
            .exec_without_returning(tx)
            .await?;
    }
    outbox::Entity::insert(job.into_active_model())
        .exec_without_returning(tx)
        .await?;
    if of_user && others > 0 {
        // What goes before it to the same customer is as urgent.
        let lane = outbox::lane(true, false);
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Lane, Expr::value(lane))
            .filter(outbox::Column::SessionId.eq(session.id))
            .filter(outbox::Column::Lane.gt(lane))
            .exec(tx)
            .await?;
    }
    // A reaction is shown with its message, and does not count as an answer.
    if row.target_wamid.is_none() {
        if matches!(actor, Actor::User(_)) && session.unread > 0 {
            tell_read(tx, &session, None).await?;
        }
        lifecycle::answered(tx, &session, row.id, row.at).await?;
    }
    let of = session.id;
    tx.then(move |engine| engine.receipts.answered(of));
    message_sent(tx, &row).await?;
    tx.wake(Worker::Outbound);
    shown(&**tx, row).await
}
