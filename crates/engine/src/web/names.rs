//! Looks up the names of other servers. The system's look-up blocks a thread until it has an answer: if a name server is
//! silent, for longer than anybody waits. Such threads are few, and log-ins and files need them, too. So a name takes one of
//! them, however many ask for it, and only some names at once take any.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    collections::HashMap,
    fmt, io,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    sync::{Semaphore, watch},
    task::spawn_blocking,
};

/// Look-ups of one client at the same time: a few of the 512 threads that tokio lets block, and more than there can be
/// webhooks, so that none of those waits for another.
const AT_ONCE: usize = 64;

/// Names that are looked up, or wait for that. Users choose some of them.
const WAITING: usize = 1000;

/// Those who share a look-up share its error.
type Found = Result<Vec<SocketAddr>, Arc<io::Error>>;
type LookUp = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;

#[derive(Clone)]
pub(super) struct Names(Arc<State>);

struct State {
    look_up: Box<LookUp>,
    free: Arc<Semaphore>,
    /// The names that are being looked up, or wait for that.
    under_way: Mutex<HashMap<String, watch::Receiver<Option<Found>>>>,
}

impl Names {
    /// As the system finds them.
    pub(super) fn system() -> Self {
        Self::new(AT_ONCE, |name| Ok((name, 0).to_socket_addrs()?.collect()))
    }

    fn new(
        at_once: usize,
        look_up: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(State {
            look_up: Box::new(look_up),
            free: Arc::new(Semaphore::new(at_once)),
            under_way: Mutex::default(),
        }))
    }

    /// The addresses of a name. Whoever asks while it is being looked up gets the same answer; nothing is kept for later.
    pub(super) async fn find(&self, name: &str) -> Found {
        let mut answer = self.ask(name);
        let answer = answer.wait_for(Option::is_some).await.ok();
        let found = answer.and_then(|found| found.clone());
        found.unwrap_or_else(|| Err(Arc::new(io::Error::other("the look-up was broken off"))))
    }

    fn ask(&self, name: &str) -> watch::Receiver<Option<Found>> {
        let mut under_way = self.under_way();
        if let Some(answer) = under_way.get(name) {
            return answer.clone();
        }
        let (tell, answer) = watch::channel(None);
        if under_way.len() >= WAITING {
            tell.send_replace(Some(Err(Arc::new(io::Error::other(
                "too many names are looked up",
            )))));
            return answer;
        }
        under_way.insert(name.to_owned(), answer.clone());
        // A task of its own: it goes on when those who have asked leave.
        tokio::spawn(self.clone().answer(name.to_owned(), tell));
        answer
    }

    async fn answer(self, name: String, tell: watch::Sender<Option<Found>>) {
        let found = self.look_up(name.clone()).await.map_err(Arc::new);
        self.under_way().remove(&name);
        tell.send_replace(Some(found));
    }

    async fn look_up(&self, name: String) -> io::Result<Vec<SocketAddr>> {
        let free = self.0.free.clone();
        let permit = free.acquire_owned().await.map_err(io::Error::other)?;
        let state = self.0.clone();
        let looking = spawn_blocking(move || {
            let _until_the_thread_is_free = permit;
            (state.look_up)(&name)
        });
        looking.await?
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Option<Found>>>> {
        self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let found = names.find(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

/// In place of the system.
#[cfg(test)]
pub(super) mod stand_in {
    use super::Names;
    use std::{
        net::SocketAddr,
        sync::{
            Arc, Mutex,
            atomic::{AtomicBool, Ordering},
        },
        thread::sleep,
        time::Duration,
    };

    /// Every name leads to this machine, and nothing is heard of one that begins with `silent` until its name server speaks.
    #[derive(Debug, Default)]
    pub(in crate::web) struct StandIn {
        asked: Mutex<Vec<String>>,
        speaks: AtomicBool,
    }

    impl StandIn {
        pub(in crate::web) fn names(self: &Arc<Self>, at_once: usize) -> Names {
            let system = self.clone();
            Names::new(at_once, move |name| Ok(system.look_up(name)))
        }

        fn look_up(&self, name: &str) -> Vec<SocketAddr> {
            self.asked.lock().unwrap().push(name.to_owned());
            // Not for ever, so that a test that fails ends, too.
            for _ in 0..10_000 {
                if !name.starts_with("silent") || self.speaks.load(Ordering::SeqCst) {
                    break;
                }
                sleep(Duration::from_millis(1));
            }
            vec![SocketAddr::from(([127, 0, 0, 1], 0))]
        }

        pub(in crate::web) fn speak(&self) {
            self.speaks.store(true, Ordering::SeqCst);
        }

        /// How often names that begin like this were looked up.
        pub(in crate::web) fn asked(&self, beginning: &str) -> usize {
            let asked = self.asked.lock().unwrap();
            asked.iter().filter(|name| name.starts_with(beginning)).count()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{stand_in::StandIn, *};
    use futures::future::join_all;
    use std::time::Duration;
    use tokio::time::timeout;

    const A_MOMENT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_name_takes_one_thread_however_many_ask_and_leave() {
        let system = Arc::new(StandIn::default());
        let names = system.names(2);
        for _ in 0..3 {
            let asking = join_all((0..100).map(|_| names.find("silent.example")));
            assert!(timeout(A_MOMENT, asking).await.is_err());
        }
        names.find("crm.example").await.unwrap();
        let asking = join_all((0..100).map(|_| names.find("silent.example")));
        let (answers, ()) = tokio::join!(asking, async { system.speak() });
        let here = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        assert!(
            answers
                .iter()
                .all(|found| found.as_ref().is_ok_and(|found| *found == here)),
            "{answers:?}"
        );
        assert_eq!(system.asked("silent.example"), 1);
        names.find("silent.example").await.unwrap();
        assert_eq!(system.asked("silent.example"), 2, "nothing is kept");
    }

    #[tokio::test]
    async fn names_take_no_more_threads_than_they_may() {
        let system = Arc::new(StandIn::default());
        let names = system.names(2);
        let all: Vec<String> = (0..6).map(|n| format!("silent-{n}.example")).collect();
        for some in all.chunks(2) {
            let asking = join_all(some.iter().map(|name| names.find(name)));
            assert!(timeout(A_MOMENT, asking).await.is_err());
        }
        assert!(
            system.asked("silent") <= 2,
            "those who have asked left, their look-ups did not"
        );
        system.speak();
        for found in join_all(all.iter().map(|name| names.find(name))).await {
            found.unwrap();
        }
    }

    #[tokio::test]
    async fn an_error_is_told_to_all_and_ends_with_them() {
        let names = Names::new(1, |_| Err(io::Error::other("no such name")));
        for found in join_all((0..3).map(|_| names.find("crm.example"))).await {
            assert_eq!(found.unwrap_err().to_string(), "no such name");
        }
        assert!(names.under_way().is_empty());
    }

    #[tokio::test]
    async fn the_system_knows_this_machine() {
        let found = Names::system().find("localhost").await.unwrap();
        assert!(
            !found.is_empty() && found.iter().all(|address| address.ip().is_loopback()),
            "{found:?}"
        );
    }
}
