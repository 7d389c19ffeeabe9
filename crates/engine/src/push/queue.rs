//! The pushes that wait in this process, each until its turn or its next attempt.

use crate::push::news::News;
use metrics::counter;
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::{task, time::Instant};

/// Pushes that wait; of more, the oldest are lost.
const MOST: usize = 1000;

/// A push, and how often it was attempted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) news: News,
    pub(super) attempts: u32,
    due: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    under_way: HashMap<task::Id, Waiting>,
}

impl Queue {
    /// News that waits already is pushed once: a push tells how the session is when it is sent.
    pub(super) fn add(&mut self, news: News, now: Instant) {
        self.put(Waiting {
            news,
            attempts: 0,
            due: now,
        });
    }

    /// Puts one back for another attempt.
    pub(super) fn again(&mut self, push: Waiting, after: Duration, now: Instant) {
        self.put(Waiting {
            attempts: push.attempts + 1,
            due: now + after,
            ..push
        });
    }

    fn put(&mut self, push: Waiting) {
        if self.waiting.iter().any(|waiting| waiting.news == push.news) {
            return;
        }
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
            counter!(crate::metrics::PUSHES, "outcome" => "lost").increment(1);
        }
        self.waiting.push_back(push);
    }

    /// The next that is due. Each browser gets one at a time: a push service that does not answer keeps no place of
    /// others.
    pub(super) fn take(&mut self, now: Instant) -> Option<Waiting> {
        let at = self
            .waiting
            .iter()
            .position(|push| push.due <= now && !self.is_busy(push))?;
        self.waiting.remove(at)
    }

    /// When the next one is due that does not wait for a call under way.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let free = self.waiting.iter().filter(|push| !self.is_busy(push));
        free.map(|push| push.due).min()
    }

    fn is_busy(&self, push: &Waiting) -> bool {
        self.under_way
            .values()
            .any(|other| other.news.subscription == push.news.subscription)
    }

    pub(super) fn begun(&mut self, call: task::Id, push: Waiting) {
        self.under_way.insert(call, push);
    }

    pub(super) fn over(&mut self, call: task::Id) -> Option<Waiting> {
        self.under_way.remove(&call)
    }

    pub(super) fn calls(&self) -> usize {
        self.under_way.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }
}
