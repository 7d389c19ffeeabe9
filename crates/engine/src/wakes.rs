//! The signals that wake the workers after a commit.

use tokio::sync::Notify;

/// A worker that looks at the database when woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worker {
    Outbound,
    /// Uploads files to Meta.
    Upload,
    /// Sends files again by the other way.
    OtherWay,
    /// Fetches files from Meta.
    Fetch,
    /// Tells Meta what was read.
    Receipts,
    Doctor,
    /// Asks Meta for templates.
    Templates,
    /// Gives waiting sessions to operators.
    Distribution,
    /// Pushes alerts to browsers.
    Push,
    /// Calls webhooks.
    Webhooks,
    /// Sends events to webhooks again.
    Replays,
}

#[derive(Debug, Default)]
pub(crate) struct Wakes {
    outbound: Notify,
    upload: Notify,
    other_way: Notify,
    fetch: Notify,
    receipts: Notify,
    doctor: Notify,
    templates: Notify,
    distribution: Notify,
    push: Notify,
    webhooks: Notify,
    replays: Notify,
}

impl Wakes {
    pub(crate) fn wake(&self, worker: Worker) {
        self.of(worker).notify_one();
    }

    pub(crate) async fn woken(&self, worker: Worker) {
        self.of(worker).notified().await;
    }

    fn of(&self, worker: Worker) -> &Notify {
        match worker {
            Worker::Outbound => &self.outbound,
            Worker::Upload => &self.upload,
            Worker::OtherWay => &self.other_way,
            Worker::Fetch => &self.fetch,
            Worker::Receipts => &self.receipts,
            Worker::Doctor => &self.doctor,
            Worker::Templates => &self.templates,
            Worker::Distribution => &self.distribution,
            Worker::Push => &self.push,
            Worker::Webhooks => &self.webhooks,
            Worker::Replays => &self.replays,
        }
    }
}
