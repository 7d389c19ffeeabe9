//! The doctor: from evidence about a channel to what is right, what is wrong, and why. Pure, so that every situation is
//! a row in a table test. The console holds the wording and the remedies.

mod diagnose;
mod evidence;
mod finding;
mod meta_action;
mod severity;
#[cfg(test)]
mod tests;

pub use diagnose::{diagnose, is_local};
pub use evidence::{
    AppSecret, AppSubscription, Evidence, FilesSent, Kin, NumberSeen, Place, Probe, Reach, Taker, TokenSeen,
    WabaSubscription,
};
pub use finding::{Check, Finding, Seen, State};
pub use meta_action::{MetaAction, NumberChoice, Outcome};
pub use severity::{SETTLING, SIGNATURES_WRONG_FROM, cuts_off, degrading, trouble};
