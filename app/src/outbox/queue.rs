//! Which reply is sent next, and what follows when one was not accepted.

use super::reply::OnItsWay;
use crate::api::ApiError;
use domain::ids::SessionId;

/// The oldest reply that may be sent. A resting session keeps its order: none of its replies is sent.
pub(super) fn next<'a>(waiting: &'a [OnItsWay], resting: &[SessionId]) -> Option<&'a OnItsWay> {
    waiting.iter().find(|reply| !resting.contains(&reply.session))
}

/// What follows when the process did not accept a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The process cannot be reached, or a log-in is needed: no other reply would be accepted, either.
    AllWait,
    /// This reply caused an internal error.
    SessionWaits,
    /// The process refuses this reply, however often it is sent.
    Back,
}

pub(super) fn after(why: &ApiError) -> Then {
    match why {
        ApiError::Transport(_) | ApiError::SignIn => Then::AllWait,
        ApiError::Internal { .. } => Then::SessionWaits,
        ApiError::Refused(_) | ApiError::Malformed => Then::Back,
    }
}

/// Counts the internal error, and returns whether the reply is now stuck.
pub(super) fn broke_over(waiting: &mut [OnItsWay], key: &str) -> bool {
    let reply = waiting.iter_mut().find(|reply| reply.key == key);
    reply.is_some_and(|reply| {
        reply.broke = reply.broke.saturating_add(1);
        reply.stuck()
    })
}

/// The stored replies, followed by those written since; each once.
pub(super) fn joined(mut kept: Vec<OnItsWay>, written: Vec<OnItsWay>) -> Vec<OnItsWay> {
    kept.retain(|reply| written.iter().all(|other| other.key != reply.key));
    kept.extend(written);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{refusal::Refusal, time::Timestamp};

    fn session(n: u8) -> SessionId {
        format!("00000000-0000-0000-0000-0000000000{n:02}")
            .parse()
            .unwrap()
    }

    fn reply(n: u8, key: &str) -> OnItsWay {
        OnItsWay {
            session: session(n),
            key: key.into(),
            text: key.into(),
            answers: None,
            at: Timestamp::from_millis(0),
            broke: 0,
        }
    }

    fn key<'a>(waiting: &'a [OnItsWay], resting: &[SessionId]) -> Option<&'a str> {
        next(waiting, resting).map(|reply| reply.key.as_str())
    }

    #[test]
    fn a_reply_over_which_the_process_breaks_holds_its_own_session_only() {
        let waiting = [reply(1, "a"), reply(1, "b"), reply(2, "c")];
        assert_eq!(key(&waiting, &[]), Some("a"));
        assert_eq!(key(&waiting, &[session(1)]), Some("c"), "and never b before a");
        assert_eq!(key(&waiting, &[session(1), session(2)]), None);
    }

    #[test]
    fn after_a_few_breaks_it_is_said() {
        let mut waiting = [reply(1, "a"), reply(1, "b")];
        let stuck: Vec<_> = (0..4).map(|_| broke_over(&mut waiting, "a")).collect();
        assert_eq!(stuck, [false, false, true, true]);
        assert!(waiting[0].stuck() && !waiting[1].stuck());
        assert!(!broke_over(&mut waiting, "gone"));
    }

    #[test]
    fn only_what_is_about_this_reply_lets_others_go() {
        let internal = ApiError::Internal {
            reference: "r".into(),
        };
        for (why, then) in [
            (ApiError::Transport("away".into()), Then::AllWait),
            (ApiError::SignIn, Then::AllWait),
            (internal, Then::SessionWaits),
            (ApiError::Malformed, Then::Back),
            (ApiError::Refused(Refusal::SessionClosed), Then::Back),
        ] {
            assert_eq!(after(&why), then, "{why:?}");
        }
    }

    #[test]
    fn what_was_kept_comes_first_and_nothing_twice() {
        let all = joined(
            vec![reply(1, "a"), reply(1, "b")],
            vec![reply(1, "b"), reply(1, "c")],
        );
        let keys: Vec<_> = all.iter().map(|reply| reply.key.as_str()).collect();
        assert_eq!(keys, ["a", "b", "c"]);
    }
}
