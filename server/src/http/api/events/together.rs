//! What streams tell, read once for all of them: tokens of one scope see the same, unless they are bound. Whoever comes first
//! after something has happened reads on, and the others get what it has read. A stream that is behind, or of a bound token, reads
//! alone, when it is its turn.

use domain::access::{Actor, Scope};
use engine::{
    Engine,
    events::feed::{self, Feed, Happening, Place},
};
use futures::future::BoxFuture;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Mutex, Semaphore},
    time::Instant,
};

/// Events that are read at once for all streams, and that one stream gets at once.
const AT_ONCE: usize = 1000;
const AT_ONCE_EACH: usize = 100;
/// Streams that read alone at the same moment.
const ALONE: usize = 2;
/// A stream that is more rows than this behind the newest reads alone.
const NEAR: u64 = 2000;
/// For so long others get what was read: it may be erased meanwhile.
const FRESH: Duration = Duration::from_secs(2);

/// An event as streams tell it.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) place: Place,
    /// The event, as JSON.
    pub(super) data: String,
}

/// Puts what has happened into words. The reads do not know them: they belong to the state of the server, which all know.
pub(super) type Tell =
    for<'a> fn(&'a Engine, &'a Actor, &'a [Happening]) -> BoxFuture<'a, engine::Result<Vec<Arc<Said>>>>;

/// What comes after a place.
#[derive(Debug)]
pub(super) enum Next {
    Kept {
        said: Vec<Arc<Said>>,
        /// The place up to which this tells everything.
        upto: Place,
        /// Whether there may be more without anything new.
        more: bool,
    },
    /// Some of it is not kept any more.
    Gone { newest: Place },
}

/// The reads of all streams.
#[derive(Debug)]
pub struct Reads {
    by_scope: HashMap<Scope, Mutex<Latest>>,
    alone: Semaphore,
}

impl Default for Reads {
    fn default() -> Self {
        let scopes = Scope::ALL.iter();
        Self {
            by_scope: scopes.map(|scope| (*scope, Mutex::default())).collect(),
            alone: Semaphore::new(ALONE),
        }
    }
}

impl Reads {
    /// What this token's stream tells after a place, most often read by another stream.
    pub(super) async fn after(
        &self,
        (engine, tell): (&Engine, Tell),
        actor: &Actor,
        place: Place,
    ) -> engine::Result<Next> {
        let behind = engine.events().last().saturating_sub(place.number);
        // Every field is named, so that a new one that narrows what a token sees is not forgotten here.
        if let Actor::Token {
            id: _,
            name: _,
            scope,
            bound: None,
        } = actor
            && let Some(latest) = self.by_scope.get(scope)
            && behind <= NEAR
        {
            let mut latest = latest.lock().await;
            if let Some(next) = latest.after((engine, tell), actor, place).await? {
                return Ok(next);
            }
        }
        self.alone((engine, tell), actor, place).await
    }

    /// Lets go of what was read some time ago, if nobody reads at this moment.
    pub(super) fn forget(&self) {
        for latest in self.by_scope.values() {
            if let Ok(mut latest) = latest.try_lock() {
                latest.forget();
            }
        }
    }

    /// What comes after any place, read from the database now.
    pub(super) async fn alone(
        &self,
        from: (&Engine, Tell),
        actor: &Actor,
        place: Place,
    ) -> engine::Result<Next> {
        let _turn = self.alone.acquire().await;
        read(from, actor, place, AT_ONCE_EACH).await
    }
}

async fn read(
    (engine, tell): (&Engine, Tell),
    actor: &Actor,
    after: Place,
    limit: usize,
) -> engine::Result<Next> {
    Ok(match feed::read(engine, actor, after, limit).await? {
        Feed::Gone { newest } => Next::Gone { newest },
        Feed::Kept { happenings, upto } => Next::Kept {
            said: tell(engine, actor, &happenings).await?,
            upto,
            more: happenings.len() == limit,
        },
    })
}

/// What was read of late: pages of which each begins where the one before ends.
#[derive(Debug, Default)]
struct Latest(VecDeque<Page>);

#[derive(Debug)]
struct Page {
    read_at: Instant,
    after: Place,
    upto: Place,
    said: Vec<Arc<Said>>,
    /// Whether it was cut off.
    more: bool,
}

impl Latest {
    /// `None`: the place is before all that was read of late.
    async fn after(
        &mut self,
        from: (&Engine, Tell),
        actor: &Actor,
        place: Place,
    ) -> engine::Result<Option<Next>> {
        self.forget();
        if self.0.front().is_some_and(|first| place < first.after) {
            return Ok(None);
        }
        let end = self.0.back().map_or(place, |last| last.upto);
        if place >= end {
            let read_at = Instant::now();
            match read(from, actor, end, AT_ONCE).await? {
                Next::Kept { said, upto, more } => self.0.push_back(Page {
                    read_at,
                    after: end,
                    upto,
                    said,
                    more,
                }),
                gone @ Next::Gone { .. } => {
                    self.0.clear();
                    return Ok(Some(gone));
                }
            }
        }
        Ok(Some(self.known(place)))
    }

    /// What was read after this place; of much only a part, since a stream that does not read keeps it.
    fn known(&self, place: Place) -> Next {
        let all = self.0.iter().flat_map(|page| &page.said);
        let mut later = all.filter(|said| said.place > place);
        let said: Vec<_> = later.by_ref().take(AT_ONCE_EACH).cloned().collect();
        if let Some(last) = said.last().map(|said| said.place)
            && later.next().is_some()
        {
            return Next::Kept {
                said,
                upto: last,
                more: true,
            };
        }
        let last = self.0.back();
        Next::Kept {
            said,
            upto: last.map_or(place, |last| last.upto.max(place)),
            more: last.is_some_and(|last| last.more),
        }
    }

    fn forget(&mut self) {
        let is_old = |page: &Page| page.read_at.elapsed() > FRESH;
        while self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        text.parse().unwrap()
    }

    fn page(after: &str, said: &[&str], upto: &str) -> Page {
        let said = said.iter().map(|id| Said {
            place: place(id),
            data: String::new(),
        });
        Page {
            read_at: Instant::now(),
            after: place(after),
            upto: place(upto),
            said: said.map(Arc::new).collect(),
            more: false,
        }
    }

    /// The ids of what is told, the place up to which it is told, and whether there may be more.
    fn parts(next: &Next) -> (Vec<String>, String, bool) {
        let Next::Kept { said, upto, more } = next else {
            panic!("{next:?}");
        };
        let ids = said.iter().map(|said| said.place.to_string());
        (ids.collect(), upto.to_string(), *more)
    }

    #[test]
    fn each_stream_gets_what_comes_after_its_place() {
        let latest = Latest(VecDeque::from([
            page("10", &["12-1", "12-2"], "13"),
            page("13", &["14-1"], "15"),
        ]));
        for (from, told, upto) in [
            ("10", &["12-1", "12-2", "14-1"][..], "15"),
            ("12-1", &["12-2", "14-1"], "15"),
            ("13", &["14-1"], "15"),
            ("15", &[], "15"),
            ("17", &[], "17"),
        ] {
            let (ids, up_to, more) = parts(&latest.known(place(from)));
            assert_eq!(ids, told);
            assert_eq!((up_to.as_str(), more), (upto, false));
        }
    }

    /// An event may tell several things, and the place between two of them has no number of its own.
    #[test]
    fn whoever_gets_a_page_that_was_cut_off_asks_again() {
        let latest = Latest(VecDeque::from([Page {
            more: true,
            ..page("10", &["12-1"], "12-1")
        }]));
        for from in ["10", "12-1"] {
            let (_, upto, more) = parts(&latest.known(place(from)));
            assert_eq!((upto.as_str(), more), ("12-1", true));
        }
    }

    #[test]
    fn of_much_a_stream_gets_one_part_after_the_other() {
        let ids: Vec<String> = (1..=3000).map(|n| format!("{n}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let pages = ids.chunks(1000).scan("0", |after, ids| {
            let upto = ids.last().copied()?;
            Some(page(std::mem::replace(after, upto), ids, upto))
        });
        let latest = Latest(pages.collect());
        let (mut from, mut told) = ("0".to_owned(), Vec::new());
        loop {
            let (said, upto, more) = parts(&latest.known(place(&from)));
            assert!(said.len() <= AT_ONCE_EACH, "{}", said.len());
            told.extend(said);
            from = upto;
            if !more {
                break;
            }
        }
        assert_eq!(told, ids);
        assert_eq!(from, "3000");
    }

    #[test]
    fn what_was_read_some_time_ago_is_given_to_nobody() {
        let old = Instant::now().checked_sub(FRESH * 2).unwrap();
        let mut latest = Latest(VecDeque::from([
            Page {
                read_at: old,
                ..page("10", &["12-1"], "13")
            },
            page("13", &["14-1"], "15"),
        ]));
        latest.forget();
        assert_eq!(latest.0.len(), 1);
        let (ids, ..) = parts(&latest.known(place("13")));
        assert_eq!(ids, ["14-1"]);
    }
}
