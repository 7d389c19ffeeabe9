//! Reads that many ask for at the same moment. Whoever asks while the same is being read does not get that answer, which may be
//! older than their question, but the next one, together with all who have asked by then. So of each question there is one read
//! at a time, however many ask, and no answer is older than its question. Nothing is kept for later, so nothing can be out of
//! date, whichever process has changed it.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

/// What is asked. It is hashed: parts of it come from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question([u8; 32]);

impl Question {
    /// The question of whoever asks with the same parts: all that its answer depends on beside the database.
    pub fn of(parts: &impl Serialize) -> Self {
        let parts = serde_json::to_vec(parts).expect("questions are JSON");
        Self(Sha256::digest(parts).into())
    }
}

/// The questions that somebody asks now.
#[derive(Debug)]
pub struct SharedReads<T>(Mutex<HashMap<Question, Weak<Line<T>>>>);

/// Those who ask the same.
#[derive(Debug)]
struct Line<T> {
    /// How many have asked.
    asked: AtomicU64,
    /// The latest answer, and how many had asked before it was read. Whoever has the lock reads.
    answer: tokio::sync::Mutex<Option<(u64, T)>>,
}

impl<T> Default for SharedReads<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> SharedReads<T> {
    /// The answer of `read`, or that of another read which has begun after this call.
    ///
    /// # Errors
    /// Those of `read`. They are not shared: the next one reads again.
    pub async fn read<E>(
        &self,
        question: Question,
        read: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let line = self.line(question);
        let place = line.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut latest = line.answer.lock().await;
        if let Some((asked, answer)) = &*latest
            && place <= *asked
        {
            return Ok(answer.clone());
        }
        let asked = line.asked.load(Ordering::SeqCst);
        let answer = read.await?;
        *latest = Some((asked, answer.clone()));
        Ok(answer)
    }

    fn line(&self, question: Question) -> Arc<Line<T>> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&question).and_then(Weak::upgrade) {
            return line;
        }
        // Nobody is left in these.
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Line {
            asked: AtomicU64::new(0),
            answer: tokio::sync::Mutex::new(None),
        });
        lines.insert(question, Arc::downgrade(&line));
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::future::pending;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn whoever_asks_during_a_read_gets_the_next_one() {
        let (reads, made) = (SharedReads::default(), AtomicU64::new(0));
        let ask = async || {
            let read = async {
                let n = made.fetch_add(1, Ordering::SeqCst) + 1;
                yield_now().await;
                Ok::<_, ()>(n)
            };
            reads.read(Question::of(&"the same"), read).await
        };
        let answers = join_all((0..4).map(|_| ask())).await;
        assert_eq!(answers, [Ok(1), Ok(2), Ok(2), Ok(2)]);
        assert_eq!(ask().await, Ok(3), "nothing is kept");
    }

    #[tokio::test]
    async fn other_questions_do_not_wait() {
        let reads = SharedReads::default();
        let never = reads.read(Question::of(&1), pending::<Result<u8, ()>>());
        let other = reads.read(Question::of(&2), async { Ok::<_, ()>(2) });
        tokio::select! {
            biased;
            _ = never => panic!("it never ends"),
            answer = other => assert_eq!(answer, Ok(2)),
        }
        let same = reads.read(Question::of(&1), async { Ok::<_, ()>(1) });
        assert_eq!(same.await, Ok(1), "whoever leaves holds nobody up");
        let lines = reads.0.lock().unwrap().len();
        assert!(lines <= 2, "{lines}");
    }

    #[tokio::test]
    async fn an_error_is_nobody_elses() {
        let (reads, made) = (SharedReads::default(), AtomicU64::new(0));
        let ask = async || {
            let read = async {
                yield_now().await;
                match made.fetch_add(1, Ordering::SeqCst) {
                    0 => Err("busy"),
                    n => Ok(n),
                }
            };
            reads.read(Question::of(&()), read).await
        };
        let answers = join_all((0..3).map(|_| ask())).await;
        assert_eq!(answers, [Err("busy"), Ok(1), Ok(1)]);
    }
}
