//! The worker that calls webhooks. It takes no input: it looks at what is due, makes the requests, and writes down the
//! answers. One transaction writes down the outcomes of the last requests and claims the calls of the next.

use crate::{
    Engine, Error, Result,
    entity::{webhook, webhook_call, webhook_event},
    seldom::Seldom,
    wakes::Worker,
    webhooks::{
        call::{Outcome, call},
        lanes::set_going,
        queue::{claim, due},
        record::record,
        row::Target,
        switch::{clear, is_clearing},
    },
};
use domain::access::Actor;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    task::{self, JoinSet},
    time::{sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it looks without being woken; also how late an attempt can be.
const PATROL: Duration = Duration::from_secs(1);
/// The rest after an error.
const PAUSE: Duration = Duration::from_secs(5);
/// How long outcomes are gathered while other requests are under way.
const BATCH: Duration = Duration::from_millis(25);
/// Outcomes that are written down at once.
const MOST: usize = 256;
/// How long a stop waits for requests under way: the process gives its workers hardly longer.
const FAREWELL: Duration = Duration::from_secs(3);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let looking = stop.run_until_cancelled(set_all_going(&engine));
    tokio::join!(looking, make_calls(engine.clone(), stop.clone()));
}

async fn make_calls(engine: Engine, stop: CancellationToken) {
    let mut caller = Caller {
        engine,
        calls: JoinSet::new(),
        webhooks: HashMap::new(),
        outcomes: Vec::new(),
        since: None,
        lines: Seldom::every(PAUSE),
    };
    while !stop.is_cancelled() {
        let done = caller.pass().await;
        if let Err(error) = &done {
            tracing::error!(%error, "webhooks cannot be called now; events wait for them");
            if !error.is_passing() {
                // What cannot be written down must not hold up the others: those calls are made again.
                caller.outcomes.clear();
                caller.since = None;
            }
        }
        let rest = async {
            match done {
                Ok(()) => caller.rest().await,
                // Outcomes that wait would not let it rest.
                Err(error) if error.gave_way() => sleep(PATROL).await,
                Err(_) => sleep(PAUSE).await,
            }
        };
        tokio::select! {
            () = rest => {}
            () = stop.cancelled() => {}
        }
    }
    if let Err(error) = caller.finish().await {
        tracing::error!(%error, "what webhooks answered cannot be written down; they are called again");
    }
}

/// Looks at each webhook once, and again at those at which it could not look.
async fn set_all_going(engine: &Engine) {
    let mut looked_at = HashSet::new();
    while let Err(error) = set_others_going(engine, &mut looked_at).await {
        tracing::error!(%error, "it is not known whether events of webhooks stand still");
        sleep(PAUSE).await;
    }
}

/// # Errors
/// It could not look at one of them.
async fn set_others_going(engine: &Engine, looked_at: &mut HashSet<Uuid>) -> Result<()> {
    let mut all = Ok(());
    for webhook in webhook::Entity::find().all(engine.db.read()).await? {
        if looked_at.contains(&webhook.id) {
            continue;
        }
        match set_going(engine, webhook.id).await {
            Ok(()) => {
                looked_at.insert(webhook.id);
            }
            error => all = error,
        }
    }
    all
}

struct Caller {
    engine: Engine,
    calls: JoinSet<Outcome>,
    /// To which webhook each request is.
    webhooks: HashMap<task::Id, Uuid>,
    /// Outcomes that are not written down yet.
    outcomes: Vec<Outcome>,
    /// Since when there are any.
    since: Option<Instant>,
    /// Of webhooks that cannot be called.
    lines: Seldom,
}

type Events = HashMap<Uuid, webhook_event::Model>;
type Prepared = (Arc<Target>, Events);

impl Caller {
    /// When the outcomes have to be written down: at once when no other can come soon.
    fn write_at(&self) -> Option<Instant> {
        let since = self.since?;
        match self.calls.is_empty() || self.outcomes.len() >= MOST {
            true => Some(since),
            false => Some(since + BATCH),
        }
    }

    /// Rests until there is something to do.
    async fn rest(&mut self) {
        let end = Instant::now() + PATROL;
        loop {
            let until = self.write_at().unwrap_or(end).min(end);
            tokio::select! {
                () = self.engine.wakes.woken(Worker::Webhooks) => return,
                Some(over) = self.calls.join_next_with_id() => self.keep(over),
                () = sleep_until(until.into()) => return,
            }
        }
    }

    fn keep(&mut self, over: std::result::Result<(task::Id, Outcome), task::JoinError>) {
        match over {
            Ok((id, outcome)) => {
                self.webhooks.remove(&id);
                self.outcomes.push(outcome);
                self.since.get_or_insert_with(Instant::now);
            }
            // Its claim ends by itself.
            Err(error) => {
                self.webhooks.remove(&error.id());
                tracing::error!(%error, "a request to a webhook was broken off");
            }
        }
    }

    fn under_way(&self) -> HashMap<Uuid, u64> {
        let mut under_way = HashMap::new();
        for webhook in self.webhooks.values() {
            *under_way.entry(*webhook).or_default() += 1;
        }
        under_way
    }

    /// Writes down what is over and begins what is due.
    async fn pass(&mut self) -> Result<()> {
        let writes = self.write_at().is_some_and(|at| at <= Instant::now());
        // Looks before it takes the database's one writer.
        let db = self.engine.db.read();
        if !writes && self.due(db).await?.is_empty() && !is_clearing(db).await? {
            return Ok(());
        }
        let tx = self.engine.transaction(&Actor::System).await?;
        record(&tx, &self.outcomes).await?;
        clear(&tx).await?;
        let mut begun = Vec::new();
        for (webhook, calls) in self.due(&tx).await? {
            let calls = claim(&tx, &calls, self.engine.clock().now()).await?;
            begun.push((webhook, calls));
        }
        tx.commit().await?;
        self.outcomes.clear();
        self.since = None;
        for (webhook, calls) in begun {
            // The others are called all the same.
            match self.prepare(&webhook, &calls).await {
                Ok((target, events)) => self.begin(&target, events, calls),
                Err(error) => self.fail(webhook.id, calls, &error),
            }
        }
        Ok(())
    }

    async fn due(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Vec<(webhook::Model, Vec<webhook_call::Model>)>> {
        due(db, self.engine.clock().now().millis(), &self.under_way()).await
    }

    /// What the requests of these calls are made of.
    async fn prepare(&self, webhook: &webhook::Model, calls: &[webhook_call::Model]) -> Result<Prepared> {
        let target = Arc::new(Target::of(&self.engine, webhook).await?);
        let events = webhook_event::Entity::find()
            .filter(webhook_event::Column::Id.is_in(calls.iter().map(|call| call.event_id)))
            .all(self.engine.db.read())
            .await?;
        let events = events.into_iter().map(|event| (event.id, event));
        Ok((target, events.collect()))
    }

    fn begin(&mut self, target: &Arc<Target>, mut events: Events, calls: Vec<webhook_call::Model>) {
        for claimed in calls {
            // An event that was erased meanwhile has taken its call along.
            if let Some(event) = events.remove(&claimed.event_id) {
                let webhook = claimed.webhook_id;
                let begun = self
                    .calls
                    .spawn(call(self.engine.clone(), target.clone(), claimed, event));
                self.webhooks.insert(begun.id(), webhook);
            }
        }
    }

    /// What is wrong for good counts as an attempt, so that there is an end of them. Else the claims end by themselves.
    fn fail(&mut self, webhook: Uuid, calls: Vec<webhook_call::Model>, error: &Error) {
        if let Some(left_out) = self.lines.due() {
            tracing::error!(%error, left_out, %webhook, "a webhook cannot be called now");
        }
        if !error.is_passing() && !calls.is_empty() {
            let at = self.engine.clock().now();
            let failed = calls.into_iter().map(|call| Outcome::unreadable(call, at));
            self.outcomes.extend(failed);
            self.since.get_or_insert_with(Instant::now);
        }
    }

    /// Finishes requests under way, so that none is made twice without need.
    async fn finish(mut self) -> Result<()> {
        let finishing = async {
            while let Some(over) = self.calls.join_next_with_id().await {
                self.keep(over);
            }
        };
        if timeout(FAREWELL, finishing).await.is_err() {
            tracing::warn!(
                "requests to webhooks were still under way; they are made again after the next start"
            );
        }
        let tx = self.engine.transaction(&Actor::System).await?;
        record(&tx, &self.outcomes).await?;
        tx.commit().await
    }
}
