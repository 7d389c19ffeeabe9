//! The workers: each looks at the database, does what is due, and may run twice.

use crate::{
    Engine, countries,
    database::{Database, checkpoint},
    doctor,
    files::fetch,
    inbound,
    live::dispatcher,
    outbound, push, receipts, retention,
    search::backfill,
    sessions::{distribution, idle, reminders},
    templates,
    webhooks::{self, Tells},
};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

impl Engine {
    pub fn start_workers(&self) -> Workers {
        let stop = CancellationToken::new();
        let tasks = vec![
            tokio::spawn(inbound::worker::run(self.clone(), stop.clone())),
            tokio::spawn(outbound::worker::run(self.clone(), stop.clone())),
            tokio::spawn(outbound::upload::run(self.clone(), stop.clone())),
            tokio::spawn(outbound::other_way::run(self.clone(), stop.clone())),
            tokio::spawn(receipts::worker::run(self.clone(), stop.clone())),
            tokio::spawn(fetch::run(self.clone(), stop.clone())),
            tokio::spawn(doctor::worker::run(self.clone(), stop.clone())),
            tokio::spawn(templates::worker::run(self.clone(), stop.clone())),
            tokio::spawn(doctor::badge::run(self.clone(), stop.clone())),
            tokio::spawn(dispatcher::run(self.clone(), stop.clone())),
            tokio::spawn(retention::run(self.clone(), stop.clone())),
            tokio::spawn(backfill::run(self.clone(), stop.clone())),
            tokio::spawn(idle::run(self.clone(), stop.clone())),
            tokio::spawn(reminders::run(self.clone(), stop.clone())),
            tokio::spawn(distribution::run(self.clone(), stop.clone())),
            tokio::spawn(push::worker::run(self.clone(), stop.clone())),
            tokio::spawn(webhooks::worker::run(self.clone(), stop.clone())),
            tokio::spawn(webhooks::replaying::run(self.clone(), stop.clone())),
            tokio::spawn(countries::run(self.clone(), stop.clone())),
            tokio::spawn(checkpoint::run(self.clone(), stop.clone())),
        ];
        Workers {
            stop,
            tasks,
            db: self.db.clone(),
        }
    }
}

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    db: Database,
}

impl Workers {
    /// Also hands events to webhooks, as `tells` words them.
    #[must_use]
    pub fn with_webhooks(mut self, engine: &Engine, tells: Arc<dyn Tells>) -> Self {
        let fan_out = webhooks::fan_out::run(engine.clone(), tells, self.stop.clone());
        self.tasks.push(tokio::spawn(fan_out));
        self
    }

    /// Lets each worker finish what it has in hand, then closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a worker did not end cleanly");
            }
        }
        self.db.close().await;
    }
}
