//! What to do after a call, and when. Every wait and every limit of the outbox is in this file.

use domain::message::Failure;
use std::time::Duration;
use whatsapp::{
    errors::RetryClass,
    graph::{Accepted, GraphError},
};

/// How long a status may take to tell that a call whose outcome is unknown was accepted after all.
pub(super) const SILENCE: Duration = Duration::from_secs(30);
/// Calls of unknown outcome in a row, after which a person decides whether to send once more. Each of them may have
/// delivered the message to the customer.
pub(super) const MAX_DOUBTS: i64 = 2;
/// The first wait after a passing fault; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The wait after an error that passes in minutes.
const SLOW_WAIT: Duration = Duration::from_secs(60);
/// `Retry-After` is obeyed up to this limit: a mistake in it must not hold answers for days.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
/// The wait while Meta refuses the token; one message a minute finds out whether it still does.
const TOKEN_WAIT: Duration = Duration::from_secs(60);
/// The wait while Meta refuses the number or its account.
const NUMBER_WAIT: Duration = Duration::from_secs(5 * 60);
/// How long messages wait for another token: after that the service window is closed.
const MENDED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// Attempts after an error that rarely passes.
const FEW: i64 = 3;
/// An answer that could not be sent for this long fails: sent later, it would surprise the customer.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
/// Meta asks to wait 4^X seconds when one customer gets too many messages.
const PAIR_LIMIT: i64 = 131_056;

/// The outcome of an attempt to call.
#[derive(Debug)]
pub(super) enum Called {
    Answered(Result<Accepted, GraphError>),
    /// The call could not even be tried.
    Impossible(Failure),
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Verdict {
    Sent(Accepted),
    /// The message does not exist any more.
    Gone,
    /// Certainly not accepted: try again after this wait.
    Again(Duration),
    /// Perhaps accepted. When no status tells so within this wait, the message is sent once more, or, if that is
    /// forbidden, a person is asked.
    Doubt {
        wait: Duration,
        once_more: bool,
    },
    Fail(Failure),
}

impl Verdict {
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::Gone => "gone",
            Self::Again(_) => "again",
            Self::Doubt { .. } => "unsure",
            Self::Fail(_) => "failed",
        }
    }
}

/// `age` is the message's; `asked` is the wait that the answer asked for.
pub(super) fn verdict(called: Called, attempts: i64, age: Duration, asked: Option<Duration>) -> Verdict {
    let error = match called {
        Called::Answered(Ok(accepted)) => return Verdict::Sent(accepted),
        Called::Impossible(failure) => return Verdict::Fail(failure),
        Called::Answered(Err(error)) => error,
    };
    let asked = asked.unwrap_or_default();
    if error.may_have_been_accepted() {
        return Verdict::Doubt {
            wait: SILENCE.max(asked),
            // A success stays a success even when its body cannot be read.
            once_more: !matches!(error, GraphError::AcceptedUnread { .. }),
        };
    }
    let patience = match error.class() {
        RetryClass::Reauth => MENDED_WITHIN,
        _ => GIVE_UP_AFTER,
    };
    if age > patience {
        return Verdict::Fail(failure_of(&error));
    }
    let again = |wait: Duration| Verdict::Again(crate::random::jittered(wait).max(asked));
    match (&error, error.class()) {
        (GraphError::Refused(refused), _) if refused.code == PAIR_LIMIT => {
            again(doubled(Duration::from_secs(1), (attempts - 1) * 2))
        }
        (_, RetryClass::Retry) => again(doubled(FIRST_WAIT, attempts - 1)),
        (_, RetryClass::RetryFew) if attempts < FEW => again(doubled(FIRST_WAIT, attempts - 1)),
        (_, RetryClass::RetrySlow) => again(SLOW_WAIT),
        (_, RetryClass::Reauth) => again(TOKEN_WAIT),
        (_, RetryClass::Account) => again(NUMBER_WAIT),
        _ => Verdict::Fail(failure_of(&error)),
    }
}

/// The wait that an answer asks for, and whether the whole number has to wait. `now` is in seconds.
pub(super) fn asked_wait(called: &Called, now: i64) -> Option<(Duration, bool)> {
    let Called::Answered(Err(error)) = called else {
        return None;
    };
    let wait = error.retry_after()?.wait(now).min(MAX_RETRY_AFTER);
    let one_customer = matches!(error, GraphError::Refused(refused) if refused.code == PAIR_LIMIT);
    let passes = matches!(
        error.class(),
        RetryClass::Retry | RetryClass::RetryFew | RetryClass::RetrySlow
    );
    Some((wait, passes && !one_customer))
}

/// How long the whole number has to stop, because Meta refuses its token, itself or its account.
pub(super) fn stops_the_number(called: &Called) -> Option<Duration> {
    let Called::Answered(Err(error)) = called else {
        return None;
    };
    match error.class() {
        _ if error.may_have_been_accepted() => None,
        RetryClass::Reauth => Some(TOKEN_WAIT),
        RetryClass::Account => Some(NUMBER_WAIT),
        _ => None,
    }
}

fn doubled(first: Duration, times: i64) -> Duration {
    let factor = 2_u32.saturating_pow(u32::try_from(times).unwrap_or(0).min(16));
    first.saturating_mul(factor).min(LONGEST_WAIT)
}

pub(crate) fn failure_of(error: &GraphError) -> Failure {
    match error {
        GraphError::Refused(refused) => Failure {
            code: Some(refused.code),
            title: refused.message.clone(),
            details: refused.details.clone(),
            trace: refused.fbtrace_id.clone(),
        },
        other => Failure {
            code: None,
            title: other.to_string(),
            details: None,
            trace: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whatsapp::graph::{ApiError, RetryAfter};

    const YOUNG: Duration = Duration::from_secs(5);

    fn refused(code: i64, http_status: u16) -> Called {
        Called::Answered(Err(GraphError::Refused(Box::new(ApiError {
            http_status,
            code,
            subcode: None,
            message: "m".into(),
            details: None,
            is_transient: false,
            fbtrace_id: None,
            user_title: None,
            user_msg: None,
            retry_after: None,
        }))))
    }

    fn page(http_status: u16, retry_after: Option<RetryAfter>) -> Called {
        Called::Answered(Err(GraphError::Unreadable {
            http_status,
            retry_after,
        }))
    }

    fn judge(called: Called, attempts: i64, age: Duration) -> Verdict {
        verdict(called, attempts, age, None)
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_fails() {
        let unreachable = || Called::Answered(Err(GraphError::NotSent("refused".into())));
        assert!(matches!(judge(unreachable(), 1, YOUNG), Verdict::Again(_)));
        assert!(matches!(
            judge(refused(130_429, 400), 1, YOUNG),
            Verdict::Again(_)
        ));
        assert!(matches!(judge(page(429, None), 1, YOUNG), Verdict::Again(_)));
        assert!(matches!(judge(page(302, None), 1, YOUNG), Verdict::Fail(_)));
        assert!(matches!(judge(refused(131_047, 400), 1, YOUNG), Verdict::Fail(_)));
        // They wait for another token, or until the number is put right.
        assert!(matches!(judge(refused(190, 401), 9, YOUNG), Verdict::Again(_)));
        assert!(matches!(
            judge(refused(190, 401), 9, GIVE_UP_AFTER + YOUNG),
            Verdict::Again(_)
        ));
        assert!(matches!(
            judge(refused(190, 401), 9, MENDED_WITHIN + YOUNG),
            Verdict::Fail(_)
        ));
        assert!(matches!(
            judge(refused(131_031, 403), 9, YOUNG),
            Verdict::Again(_)
        ));
        assert!(matches!(judge(refused(1, 400), 1, YOUNG), Verdict::Again(_)));
        assert!(matches!(judge(refused(1, 400), FEW, YOUNG), Verdict::Fail(_)));
        assert!(matches!(
            judge(unreachable(), 50, GIVE_UP_AFTER + YOUNG),
            Verdict::Fail(_)
        ));
    }

    #[test]
    fn what_may_have_been_accepted_waits_for_a_status() {
        let doubt = |called| match judge(called, 1, GIVE_UP_AFTER + YOUNG) {
            Verdict::Doubt { wait, once_more } => {
                assert_eq!(wait, SILENCE);
                once_more
            }
            other => panic!("{other:?}"),
        };
        for http_status in [500, 502, 503, 504] {
            assert!(doubt(page(http_status, None)));
        }
        assert!(doubt(Called::Answered(Err(GraphError::Unknown(
            "timed out".into()
        )))));
        let unread = GraphError::AcceptedUnread { http_status: 200 };
        assert!(
            !doubt(Called::Answered(Err(unread))),
            "a success is not sent again"
        );
    }

    #[test]
    fn retry_after_is_obeyed_within_reason() {
        let asked = |called: &Called| asked_wait(called, 1000);
        let seconds = |s| Some(RetryAfter::Seconds(s));
        assert_eq!(asked(&page(429, None)), None);
        assert_eq!(
            asked(&page(429, seconds(300))),
            Some((Duration::from_secs(300), true))
        );
        assert_eq!(
            asked(&page(429, Some(RetryAfter::At(1090)))),
            Some((Duration::from_secs(90), true))
        );
        assert_eq!(
            asked(&page(503, seconds(u64::MAX))),
            Some((MAX_RETRY_AFTER, true))
        );
        assert_eq!(
            asked(&page(404, seconds(60))),
            Some((Duration::from_secs(60), false)),
            "one refused message says nothing of the others"
        );
        let Verdict::Again(wait) = verdict(page(429, None), 1, YOUNG, Some(Duration::from_secs(300))) else {
            panic!("again")
        };
        assert_eq!(wait, Duration::from_secs(300));
    }

    #[test]
    fn waits_grow_and_end_growing() {
        assert_eq!(doubled(FIRST_WAIT, 0), Duration::from_secs(1));
        assert_eq!(doubled(FIRST_WAIT, 3), Duration::from_secs(8));
        assert_eq!(doubled(FIRST_WAIT, 60), LONGEST_WAIT);
        let Verdict::Again(wait) = judge(refused(PAIR_LIMIT, 400), 3, Duration::ZERO) else {
            panic!("again")
        };
        let longest = Duration::from_secs(16);
        assert!(
            (longest / 2..=longest).contains(&wait),
            "4^2, less the jitter: {wait:?}"
        );
    }
}
