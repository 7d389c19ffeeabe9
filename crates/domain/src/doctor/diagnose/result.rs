//! The result of one check, for the files that judge.

use crate::doctor::{Evidence, Probe, Seen, State};
use crate::{doctor::Check, time::Timestamp};

/// Meta's error for an object that does not exist or is hidden from the token; the error does not tell which.
const UNKNOWN_OBJECT: (i64, Option<i64>) = (100, Some(33));

pub(super) type Result = (State, Seen);

/// Judges the evidence, one check at a time.
pub(super) struct Doctor<'e> {
    pub(super) e: &'e Evidence,
}

pub(super) fn fine(what: Option<String>) -> Result {
    (State::Good, Seen::Fine { what })
}

pub(super) fn bad(seen: Seen) -> Result {
    (State::Bad, seen)
}

pub(super) fn unknown(seen: Seen) -> Result {
    (State::Unknown, seen)
}

pub(super) fn after(check: Check) -> Result {
    unknown(Seen::After { check })
}

pub(super) fn is_unknown(code: i64, subcode: Option<i64>) -> bool {
    (code, subcode) == UNKNOWN_OBJECT || code == UNKNOWN_OBJECT.0 && subcode.is_none() || code == 33
}

pub(super) fn is_unseen<T>(probe: &Probe<T>) -> bool {
    matches!(probe, Probe::Refused { code, subcode, .. } if is_unknown(*code, *subcode))
}

pub(super) fn last(at: Option<Timestamp>) -> Result {
    match at {
        Some(at) => (State::Good, Seen::Last { at }),
        None => unknown(Seen::Never),
    }
}
