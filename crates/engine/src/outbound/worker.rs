//! The worker that sends. It takes no input: it looks at what is due, calls Meta, and writes down the answers.
//!
//! Meta has no idempotency key. A call whose answer was lost may have been accepted, so the row says that a call is
//! under way before it is made, the message's own id travels as `biz_opaque_callback_data`, and a status that brings it
//! back settles the matter. When none comes within [`verdict::SILENCE`](super::verdict::SILENCE) the message is sent
//! once more, if the channel wants that; when that ends in doubt again, it is *unconfirmed*, and a person decides.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>
//!
//! One transaction writes down the outcomes of the last calls and claims the messages of the next. While many wait,
//! outcomes are gathered, because a commit costs more than all that it writes.

use crate::{
    Engine, Result,
    credentials::token_state,
    entity::outbox,
    outbound::{
        call::{Outcome, attempt},
        claim::claim,
        memory::PAUSE,
        queue::{due, forget},
        record::{ask, record, write_down},
        turn::Place,
        verdict::MAX_DOUBTS,
    },
    sessions::status,
    wakes::Worker,
};
use domain::{
    access::Actor,
    channel::{Sending, Unconfirmed},
    ids::ChannelId,
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often it looks without being woken; also how late a retry can be.
const PATROL: Duration = Duration::from_millis(250);
/// How long further wakings are gathered.
const GATHER: Duration = Duration::from_millis(5);
/// How long outcomes are gathered while other calls are under way: those of 12 messages at 80 a second.
const BATCH: Duration = Duration::from_millis(150);
/// The same for outcomes of what users have written: the next message of the session may wait for it.
const SOON: Duration = Duration::from_millis(50);
/// Outcomes that are written down at once.
const MOST: usize = 100;
/// The wait after the first error in a row.
const SHORT_PAUSE: Duration = Duration::from_millis(50);
/// How long a stop waits for calls under way.
const FAREWELL: Duration = Duration::from_secs(7);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut sender = Sender {
        engine,
        calls: JoinSet::new(),
        outcomes: Vec::new(),
        since: None,
    };
    let mut pause = SHORT_PAUSE;
    while !stop.is_cancelled() {
        let rest = match sender.pass().await {
            Ok(rest) => {
                pause = SHORT_PAUSE;
                rest
            }
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read or written now; messages wait in it");
                let rest = pause;
                pause = (pause * 2).min(PAUSE);
                rest
            }
        };
        tokio::select! {
            () = sender.rest(rest) => {}
            () = stop.cancelled() => {}
        }
    }
    if tokio::time::timeout(FAREWELL, sender.finish()).await.is_err() {
        tracing::warn!("calls to Meta were still under way; their outcome is found out after the next start");
    }
}

struct Sender {
    engine: Engine,
    calls: JoinSet<Outcome>,
    /// Outcomes that are not written down yet.
    outcomes: Vec<Outcome>,
    /// Since when there are any.
    since: Option<Instant>,
}

impl Sender {
    /// When the outcomes have to be written down: at once when no other can come soon.
    fn write_at(&self) -> Option<Instant> {
        let since = self.since?;
        let of_user = |outcome: &Outcome| outbox::is_of_user(outcome.job.lane);
        Some(match &self.outcomes {
            _ if self.calls.is_empty() => since,
            outcomes if outcomes.len() >= MOST => since,
            outcomes if outcomes.iter().any(of_user) => since + SOON,
            _ => since + BATCH,
        })
    }

    fn keep(&mut self, outcome: Outcome) {
        self.outcomes.push(outcome);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Rests until there is something to do.
    async fn rest(&mut self, rest: Duration) {
        let end = Instant::now() + rest;
        loop {
            let until = self.write_at().unwrap_or(end).min(end);
            tokio::select! {
                () = self.engine.wakes.woken(Worker::Outbound) => {
                    // Of many wakings at once one is enough.
                    return tokio::time::sleep(GATHER).await;
                }
                Some(call) = self.calls.join_next() => match call {
                    Ok(outcome) => self.keep(outcome),
                    Err(error) => tracing::error!(%error, "a call to Meta was broken off"),
                },
                () = tokio::time::sleep_until(until.into()) => return,
            }
        }
    }

    /// Writes down what is over and begins what is due. Returns how long to rest.
    async fn pass(&mut self) -> Result<Duration> {
        let writes = self.write_at().is_some_and(|at| at <= Instant::now());
        // Looks before it takes the database's one writer.
        if !writes && self.due(self.engine.db.read()).await?.is_empty() {
            return Ok(PATROL);
        }
        match self.together().await {
            // One message whose row causes an error does not hold up the others.
            Err(error) if !error.is_passing() => {
                tracing::error!(%error, "messages cannot be sent together; each is tried alone");
                self.one_by_one().await
            }
            done => done,
        }
    }

    async fn due(&self, db: &impl sea_orm::ConnectionTrait) -> Result<Vec<(outbox::Model, Sending)>> {
        let full = self.engine.outbound.pace().full(Instant::now());
        due(&self.engine, db, self.engine.clock().now().millis(), &full).await
    }

    async fn together(&mut self) -> Result<Duration> {
        let engine = self.engine.clone();
        let tx = engine.transaction(&Actor::System).await?;
        // The same order in every engine, so that none waits for another in a circle.
        self.outcomes.sort_by_key(|outcome| outcome.job.message_id);
        status::lock(&tx, self.outcomes.iter().map(|outcome| outcome.job.message_id)).await?;
        for outcome in &self.outcomes {
            record(&tx, &outcome.job, &outcome.verdict).await?;
        }
        let mut begun = Vec::new();
        for (job, sending) in self.due(&tx).await? {
            begun.extend(begin(&tx, job, sending).await?);
        }
        tx.commit().await?;
        metrics::counter!(crate::metrics::OUTBOX_COMMITS).increment(1);
        let outcomes = std::mem::take(&mut self.outcomes);
        self.since = None;
        self.call(begun);
        self.learn(outcomes).await;
        Ok(PATROL)
    }

    async fn one_by_one(&mut self) -> Result<Duration> {
        while let Some(outcome) = self.outcomes.pop() {
            write_down(&self.engine, &outcome.job, &outcome.verdict).await;
            self.learn(vec![outcome]).await;
        }
        self.since = None;
        let engine = self.engine.clone();
        for (job, sending) in self.due(engine.db.read()).await? {
            let alone = async {
                let tx = engine.transaction(&Actor::System).await?;
                let begun = begin(&tx, job.clone(), sending).await?;
                tx.commit().await?;
                Ok(begun)
            };
            match alone.await {
                Ok(begun) => self.call(begun),
                Err(error) if crate::Error::is_passing(&error) => return Err(error),
                Err(error) => {
                    tracing::error!(%error, message = %job.message_id, "a message cannot be taken; the others go on");
                    if is_for_a_person(&job, sending) {
                        forget(&engine, &job).await?;
                    }
                }
            }
        }
        Ok(PAUSE)
    }

    fn call(&mut self, begun: impl IntoIterator<Item = (outbox::Model, Place)>) {
        for (job, turn) in begun {
            self.calls.spawn(attempt(self.engine.clone(), job, turn));
        }
    }

    /// Notes what the calls revealed about the tokens.
    async fn learn(&self, outcomes: Vec<Outcome>) {
        let learnt: HashMap<_, _> = outcomes
            .into_iter()
            .filter_map(|outcome| Some((outcome.job.channel_id, outcome.learnt?)))
            .collect();
        for (channel, (state, answer)) in learnt {
            let learnt = token_state::learn(&self.engine, ChannelId::new(channel), state, answer);
            if let Err(error) = learnt.await {
                tracing::error!(%error, %channel, "what a send revealed about a token was not recorded");
            }
        }
    }

    /// Finishes calls under way, so that their answers are not lost. A call that takes longer is settled like one that
    /// a crash interrupted.
    async fn finish(mut self) {
        while let Some(call) = self.calls.join_next().await {
            if let Ok(outcome) = call {
                self.keep(outcome);
            }
        }
        for outcome in std::mem::take(&mut self.outcomes) {
            write_down(&self.engine, &outcome.job, &outcome.verdict).await;
        }
    }
}

/// Whether nobody knows what became of the message, and it may not be sent once more.
fn is_for_a_person(job: &outbox::Model, sending: Sending) -> bool {
    let most_doubts = match sending.unconfirmed {
        Unconfirmed::OnceMore => MAX_DOUBTS,
        Unconfirmed::Ask => 1,
    };
    job.calling_since.is_some() && job.doubts + 1 >= most_doubts
}

/// Claims a message for its call. `None`: it has to wait, another engine was quicker, or a person decides about it.
async fn begin(
    tx: &crate::transaction::Transaction,
    job: outbox::Model,
    sending: Sending,
) -> Result<Option<(outbox::Model, Place)>> {
    if is_for_a_person(&job, sending) {
        ask(tx, &job).await?;
        return Ok(None);
    }
    let Some(place) = Place::take(tx.engine(), &job, sending.messages_per_second) else {
        return Ok(None);
    };
    let now = tx.engine().clock().now().millis();
    Ok(claim(tx, job, now).await?.map(|job| (job, place)))
}
