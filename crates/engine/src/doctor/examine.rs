//! An examination: the database's records and Meta's answers become evidence, the evidence becomes findings, and the
//! findings are stored.

use crate::{
    Engine, Result,
    channels::reservation,
    credentials::token_state,
    doctor::{
        findings, outdate,
        probes::{self, Answers},
        reach,
        records::{self, Records},
    },
    entity::channel,
    events::Audience,
    reach::to_channel,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    channel::{TokenAnswer, TokenState},
    countries::Door,
    doctor::{Check, Evidence, Finding, Probe, Reach, SETTLING, Seen, State, diagnose},
    event::Change,
    file::FileWay,
    ids::ChannelId,
    refusal::Refusal,
    time::Timestamp,
};
use futures::future::OptionFuture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Examines a channel now.
///
/// # Errors
/// `Forbidden` for an actor who may not administer, `NotFound`.
pub async fn examine(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<Vec<Finding>> {
    actor.require(Permission::ChannelChange)?;
    look(engine, id).await
}

/// The latest findings, each with its time; none before the first examination. They outlive the channel.
///
/// # Errors
/// `Forbidden` for an actor who may not read channels, `NotFound` when there never was such a channel.
pub async fn latest(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<Vec<Finding>> {
    actor.require(Permission::ChannelRead)?;
    to_channel(actor, id)?;
    let db = engine.db.read();
    let found = channel::Entity::find_by_id(id.uuid()).one(db).await?;
    if found.is_none() && reservation::find(db, id).await?.is_none() {
        return Err(Refusal::NotFound.into());
    }
    findings::read(db, id).await
}

pub(crate) async fn look(engine: &Engine, id: ChannelId) -> Result<Vec<Finding>> {
    let age = engine.doctor_schedule.age();
    let records = Records::read(engine, id).await?;
    let by_link = records.channel.sending()?.file_way == FileWay::Link;
    let file_link = OptionFuture::from(by_link.then(|| reach::fetch_probe(engine)));
    let (answers, reach, file_link) = tokio::join!(
        probes::ask(engine, &records),
        reach::attempt(&engine.web, &records.public_url),
        file_link,
    );
    let evidence = evidence(engine, &records, answers, reach, file_link);
    let found = diagnose(&evidence);
    let found = if is_silent(&evidence) {
        findings::keep_unanswered(found, &records.kept)
    } else {
        found
    };
    engine
        .doctor_schedule
        .note_silence(id, matches!(evidence.token, Probe::Down { .. }));
    store(engine, &records, age, &found).await?;
    Ok(found)
}

/// Asks the worker to examine the channel soon.
pub(crate) async fn soon(engine: &Engine, id: ChannelId) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(Option::<i64>::None))
        .filter(channel::Column::Id.eq(id.uuid()))
        .exec(&tx)
        .await?;
    tx.then(|engine| engine.doctor_schedule.outdate());
    tx.wake(Worker::Doctor);
    tx.commit().await
}

/// Makes every channel due: the earlier findings were made under other rules.
pub(crate) async fn outdate_all(tx: &Transaction) -> Result<()> {
    outdate::running_examinations(tx);
    tx.wake(Worker::Doctor);
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(Option::<i64>::None))
        .exec(tx)
        .await?;
    Ok(())
}

fn evidence(
    engine: &Engine,
    records: &Records,
    answers: Answers,
    reach: Reach,
    file_link: Option<Reach>,
) -> Evidence {
    let channel = &records.channel;
    let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    let is_shut = |door| engine.countries.shut_out(door, engine.clock().now()).is_some();
    Evidence {
        now: engine.clock().now(),
        public_url: records.public_url.to_string(),
        reach,
        webhook_url: records.webhook_url.clone(),
        kin: records.kin.clone(),
        has_access_token: records.token.is_some(),
        has_app_secret: !records.app_secrets.is_empty(),
        phone_number: channel.phone_number.clone(),
        phone_number_id: channel.phone_number_id.clone(),
        waba_id: channel.waba_id.clone(),
        handshake_at: at(channel.handshake_at),
        app_verified_at: at(records.app_verified_at),
        last_inbound_at: at(channel.last_inbound_at),
        last_status_at: at(channel.last_status_at),
        signature_failures: u32::try_from(channel.signature_failures).unwrap_or(0),
        signature_failed_at: at(channel.signature_failed_at),
        token: answers.token,
        app_id: answers.app_id,
        app_secret: answers.app_secret,
        number: answers.number,
        waba: answers.waba,
        waba_numbers: answers.waba_numbers,
        app: answers.app,
        clock_ahead: answers.clock_ahead,
        destination: records.destination,
        fallback: records.fallback,
        webhooks_blocked: is_shut(Door::Webhooks),
        files_blocked: is_shut(Door::Files),
        file_link,
        files: records.files.clone(),
        payment_refused_at: at(channel.payment_refused_at),
    }
}

/// Whether some question to Meta has no answer. An error that passes by itself is not an answer (`probes::probe`).
fn is_silent(evidence: &Evidence) -> bool {
    fn down<T>(probe: &Probe<T>) -> bool {
        matches!(probe, Probe::Down { .. })
    }
    down(&evidence.token)
        || down(&evidence.app_secret)
        || down(&evidence.number)
        || down(&evidence.waba)
        || down(&evidence.waba_numbers)
        || down(&evidence.app)
}

/// What an examination says about the token: a verdict, or nothing when Meta gave none. A token without the permission
/// to send counts as refused.
fn verdict(found: &[Finding]) -> (Option<TokenState>, Option<TokenAnswer>) {
    let sends = |names: &[String]| names.iter().any(|name| name == "whatsapp_business_messaging");
    if let Some(Finding {
        seen: Seen::PermissionsMissing { names },
        ..
    }) = findings::of(found, Check::Permissions)
        && sends(names)
    {
        let answer = TokenAnswer::Lacks(names.join(", "));
        return (Some(TokenState::Refused), Some(answer));
    }
    match findings::of(found, Check::Token).map(|token| (token.state, &token.seen)) {
        Some((State::Good, _)) => (Some(TokenState::Accepted), None),
        Some((State::Bad, Seen::MetaSays { code, message })) => {
            // A token without the permission to read may still send.
            let refused = (*code == 190).then_some(TokenState::Refused);
            (refused, Some(TokenAnswer::Meta(format!("({code}) {message}"))))
        }
        Some((State::Bad, Seen::TokenExpired)) => (Some(TokenState::Refused), Some(TokenAnswer::Expired)),
        Some((State::Bad, Seen::TokenRevoked)) => (Some(TokenState::Refused), Some(TokenAnswer::Revoked)),
        Some((State::Bad, Seen::TokenMalformed)) => (Some(TokenState::Refused), Some(TokenAnswer::Malformed)),
        _ => (None, None),
    }
}

/// Stores the findings, unless the channel was saved or its app's address verified meanwhile: then the next examination
/// is due already. What Meta had not stored yet is checked again when Meta must have stored it.
async fn store(engine: &Engine, records: &Records, age: u64, found: &[Finding]) -> Result<()> {
    let id = ChannelId::new(records.channel.id);
    let now = engine.clock().now().millis();
    let tx = engine.transaction(&Actor::System).await?;
    let current = records::locked(&tx, id).await?;
    if current.version != records.channel.version
        || engine.doctor_schedule.age() != age
        || records::app_verified_at(&tx, &current).await? != records.app_verified_at
    {
        return Ok(());
    }
    let settling = found.iter().any(|finding| finding.seen == Seen::Settling);
    let verified_at = records.app_verified_at.filter(|_| settling);
    engine.doctor_schedule.look_again(
        id,
        verified_at.map(|at| Timestamp::from_millis(at).plus(SETTLING)),
    );
    findings::write(&tx, id, found).await?;
    let (state, answer) = verdict(found);
    let answer = answer.map(|answer| answer.to_string());
    token_state::write(&tx, id, Some(now), state, answer).await?;
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(now))
        .filter(channel::Column::Id.eq(id.uuid()))
        .exec(&tx)
        .await?;
    if settling {
        // The worker sleeps for longer than that.
        tx.wake(Worker::Doctor);
    }
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
    tx.commit().await
}
