//! Blocking a session's contact on the session's channel. Meta keeps the list; what is stored here is what Meta has said
//! yes to. <https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users>
//!
//! Of several who ask at once, one calls Meta, whichever engine they ask: the row says until when. An answer that comes
//! after that counts for nothing, because somebody else may have called meanwhile; whoever asks again settles it, since
//! Meta takes the same request twice.

use crate::{
    Engine, Result,
    audit::Subject,
    contacts::{self, blocks},
    credentials::{seal::Kind, secrets, token_state},
    entity::{channel, contact_block, session},
    sessions::{
        access::{find, is_open},
        audience::session_changed,
        timeline::{name_of, session_event},
    },
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    channel::TokenState,
    contact_block::ContactBlock,
    ids::{ChannelId, SessionId},
    refusal::Refusal,
    session::SessionEventKind,
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use secrecy::SecretString;
use std::time::Duration;
use whatsapp::{
    WaId,
    errors::RetryClass,
    graph::{GraphError, Recipient, TOTAL_TIMEOUT},
};

/// How long a call and what follows it may take.
const CLAIMED_FOR: Duration = TOTAL_TIMEOUT.saturating_add(Duration::from_secs(5));

/// What a call to Meta needs.
struct Call {
    session: session::Model,
    phone_number_id: String,
    token: SecretString,
    who: WaId,
    wanted: bool,
    /// What the row says while this call is under way.
    until: i64,
}

/// # Errors
/// The actor does not see the session.
pub async fn contact_block(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Option<ContactBlock>> {
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    of_session(db, &of).await
}

/// Whether the session's contact is blocked on its channel.
pub(crate) async fn of_session(
    db: &impl ConnectionTrait,
    of: &session::Model,
) -> Result<Option<ContactBlock>> {
    let channel = channel::Entity::find_by_id(of.channel_id).one(db).await?;
    let number = channel.and_then(|channel| channel.phone_number_id);
    blocks::block_of(db, of.contact_id, number.as_deref()).await
}

/// Has Meta block the session's contact, or take that back. What holds already is not asked for again.
///
/// # Errors
/// `Forbidden`; the actor does not see the session; the channel cannot call Meta; Meta tells no number of the contact;
/// `Busy` while another call is under way; Meta refuses or does not answer.
pub async fn set_contact_block(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    wanted: bool,
) -> Result<Option<ContactBlock>> {
    actor.require(Permission::ContactBlock)?;
    let call = match claim(engine, actor, id, wanted).await? {
        Ok(call) => call,
        Err(holds) => return Ok(holds),
    };
    let (engine, actor) = (engine.clone(), actor.clone());
    // Goes on when the caller leaves: Meta's yes must not be lost.
    let calling = tokio::spawn(async move { ask(&engine, &actor, call).await });
    calling.await.unwrap_or(Err(Refusal::MetaSilent.into()))
}

/// Notes that a call is under way; `Err` with what holds if there is nothing to ask for.
async fn claim(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    wanted: bool,
) -> Result<std::result::Result<Call, Option<ContactBlock>>> {
    let tx = engine.transaction(actor).await?;
    let of = find(&tx, actor, id, false).await?;
    let channel = channel::Entity::find_by_id(of.channel_id).one(&tx).await?;
    let channel = channel.filter(|channel| channel.deleted_at.is_none());
    let number = channel.and_then(|channel| channel.phone_number_id);
    let number = number.ok_or(Refusal::ChannelIncomplete)?;
    let holds = blocks::block_of(&tx, of.contact_id, Some(&number)).await?;
    if holds.is_some() == wanted {
        return Ok(Err(holds));
    }
    let token = secrets::open_secret(engine, &*tx, ChannelId::new(of.channel_id), Kind::AccessToken).await?;
    let token = token.ok_or(Refusal::ChannelIncomplete)?;
    let Some(Recipient::WaId(who)) = contacts::recipient(&tx, of.contact_id).await? else {
        return Err(Refusal::NoNumber.into());
    };
    let row = blocks::locked(&tx, of.contact_id, &number).await?;
    if row.blocked_at.is_some() == wanted {
        return Ok(Err(row.block()));
    }
    let now = engine.clock().now();
    let others = row.calling_until.map(Timestamp::from_millis);
    if let Some(until) = others.filter(|until| *until > now) {
        let seconds = u32::try_from(until.since(now).as_secs() + 1).unwrap_or(u32::MAX);
        return Err(Refusal::Busy { seconds }.into());
    }
    let until = now.plus(CLAIMED_FOR).millis();
    write(
        &tx,
        contact_block::Model {
            calling_until: Some(until),
            ..row
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Ok(Call {
        session: of,
        phone_number_id: number,
        token,
        who,
        wanted,
        until,
    }))
}

async fn ask(engine: &Engine, actor: &Actor, call: Call) -> Result<Option<ContactBlock>> {
    let graph = &engine.graph;
    let answer = match call.wanted {
        true => graph.block(&call.token, &call.phone_number_id, &call.who).await,
        false => graph.unblock(&call.token, &call.phone_number_id, &call.who).await,
    };
    if let Err(error) = &answer
        && error.class() == RetryClass::Reauth
    {
        let channel = ChannelId::new(call.session.channel_id);
        token_state::learn(engine, channel, TokenState::Refused, Some(error.to_string())).await?;
    }
    let tx = engine.transaction(actor).await?;
    // The contact may have become one with another meanwhile.
    let of = session::Entity::find_by_id(call.session.id).one(&tx).await?;
    let of = of.unwrap_or_else(|| call.session.clone());
    let row = blocks::locked(&tx, of.contact_id, &call.phone_number_id).await?;
    if row.calling_until != Some(call.until) {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let now = engine.clock().now().millis();
    let row = match answer {
        Ok(()) => contact_block::Model {
            blocked_by: call.wanted.then(|| name_of(actor)),
            blocked_at: call.wanted.then_some(now),
            calling_until: None,
            ..row
        },
        Err(_) => contact_block::Model {
            calling_until: None,
            ..row
        },
    };
    let block = row.block();
    write(&tx, row).await?;
    if answer.is_ok() {
        tell(&tx, &of, call.wanted).await?;
    }
    tx.commit().await?;
    match answer {
        Ok(()) => Ok(block),
        Err(error) => Err(refusal(error).into()),
    }
}

/// A row that says neither that the contact is blocked, nor that a call is under way, says nothing.
async fn write(tx: &Transaction, row: contact_block::Model) -> Result<()> {
    match (row.blocked_at, row.calling_until) {
        (None, None) => {
            contact_block::Entity::delete_by_id((row.contact_id, row.phone_number_id))
                .exec(&**tx)
                .await?;
        }
        _ => {
            row.into_active_model().reset_all().update(&**tx).await?;
        }
    }
    Ok(())
}

async fn tell(tx: &Transaction, of: &session::Model, wanted: bool) -> Result<()> {
    let (what, action) = match wanted {
        true => (SessionEventKind::Blocked, "contact.block"),
        false => (SessionEventKind::Unblocked, "contact.unblock"),
    };
    session_event(tx, of.id, what, Some(name_of(tx.actor())), None).await?;
    tx.audit(action, Subject::Contact(of.contact_id), None);
    let open = session::Entity::find()
        .filter(session::Column::ContactId.eq(of.contact_id))
        .filter(session::Column::ChannelId.eq(of.channel_id))
        .filter(is_open());
    for other in open.all(&**tx).await?.iter().filter(|other| other.id != of.id) {
        session_changed(tx, other);
    }
    session_changed(tx, of);
    Ok(())
}

fn refusal(error: GraphError) -> Refusal {
    match error {
        GraphError::Refused(error) => Refusal::MetaRefused {
            code: error.code,
            why: error.details.unwrap_or(error.message),
        },
        _ => Refusal::MetaSilent,
    }
}
