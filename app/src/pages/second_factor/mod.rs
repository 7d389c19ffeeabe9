//! The second factor of a log-in: its page in one's own account, and the log-in's second step.

mod log_in;
mod own;
mod passkeys;
mod set_up;

pub use self::{log_in::LoginCodePage, own::SecondFactorPage};
