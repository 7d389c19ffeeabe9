//! Real files, files that are put together here, and files that lie.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod detection;
mod hostile;
mod limits;
mod pictures;
mod support;
#[path = "../../../../fuzz/media_targets.rs"]
mod targets;
mod voice;
