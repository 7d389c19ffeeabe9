//! What tests ask of an engine, and what its unit tests share.

#[cfg(test)]
pub(crate) mod database;

use crate::{
    Engine, Result,
    contacts::search,
    doctor,
    entity::{file_attempt, lease},
    events::log,
    files::claims,
    metrics,
    outbound::{self, pace::Full},
    presence::note_seen,
    retention,
    search::backfill,
    sessions::{distribution, idle, reminders},
    templates,
    wakes::Worker,
    webhooks::{fan_out, queue},
};
use sea_orm::EntityTrait;
use std::{sync::atomic::Ordering, time::Duration};

impl Engine {
    /// Returns once every delivery is processed, nothing in the outbox is due, every channel is checked and its badge
    /// noted, or after ten seconds.
    pub async fn settled(&self) {
        for _ in 0..1000 {
            if self.is_settled().await.unwrap_or(false) {
                return;
            }
            self.journal_written.notify_one();
            for worker in [
                Worker::Fetch,
                Worker::Upload,
                Worker::Outbound,
                Worker::Doctor,
                Worker::Templates,
            ] {
                self.wakes.wake(worker);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Returns once every delivery is applied, or after ten seconds.
    pub async fn applied(&self) {
        for _ in 0..2000 {
            if metrics::waiting(self.db.read())
                .await
                .is_ok_and(|waiting| waiting == 0)
            {
                return;
            }
            self.journal_written.notify_one();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Indexes contacts as each start does, so that all of them can be searched.
    pub async fn complete_search(&self) -> Result<()> {
        search::complete(&self.db, self.clock()).await
    }

    /// Indexes the messages and notes that are older than the index.
    pub async fn index_older(&self) -> Result<()> {
        while backfill::pass(self).await?.is_some() {}
        Ok(())
    }

    /// Closes the sessions that are idle now.
    pub async fn close_idle(&self) -> Result<()> {
        while idle::pass(self).await? {}
        Ok(())
    }

    /// Brings back what is due now, and tells of windows that close soon.
    pub async fn remind(&self) -> Result<()> {
        while reminders::pass(self).await? {}
        Ok(())
    }

    /// Counts open pages and gives out what waits, as the worker does.
    pub async fn give_out(&self) -> Result<()> {
        note_seen(self).await?;
        distribution::pass(self).await
    }

    /// Returns once everything that has happened is pushed, or after ten seconds.
    pub async fn pushed(&self) -> Result<()> {
        for _ in 0..1000 {
            if self.push.is_done(log::newest(self.db.read()).await?) {
                return Ok(());
            }
            self.wakes.wake(Worker::Push);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Returns once webhooks were told everything that has happened and no call is due or under way, or after ten seconds.
    pub async fn called(&self) -> Result<()> {
        for _ in 0..1000 {
            if fan_out::is_done(self).await? && queue::is_idle(self).await? {
                return Ok(());
            }
            self.wakes.wake(Worker::Webhooks);
            self.wakes.wake(Worker::Replays);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Deletes what is due to be deleted now.
    pub async fn forget(&self) -> Result<()> {
        retention::pass(self).await
    }

    /// Whether this engine, of all on the database, holds the lease on the journal.
    pub async fn holds_the_journal(&self) -> Result<bool> {
        let held = lease::Entity::find_by_id(lease::JOURNAL)
            .one(self.db.read())
            .await?;
        Ok(held.is_some_and(|lease| lease.held_by == Some(self.id)))
    }

    async fn is_settled(&self) -> Result<bool> {
        let unprocessed = metrics::waiting(self.db.read()).await?;
        let idle = || self.outbound.is_idle();
        // A message behind one whose call is under way is not due before that call is over.
        let was_idle = idle();
        let due = outbound::queue::due(
            self,
            self.db.read(),
            self.clock().now().millis(),
            &Full::default(),
        )
        .await?;
        let examined = doctor::worker::due(self).await?.is_empty();
        let noted = self.badges_heard.load(Ordering::SeqCst) == log::newest(self.db.read()).await?;
        let synced = templates::worker::is_idle(self).await?;
        let transferred = claims::is_idle(self).await?;
        let repeated = file_attempt::due(self.db.read()).await?.is_empty();
        let told = self.receipts.are_told();
        Ok(told
            && repeated
            && transferred
            && unprocessed == 0
            && due.is_empty()
            && was_idle
            && idle()
            && examined
            && noted
            && synced)
    }
}
