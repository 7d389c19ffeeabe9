//! Logs go to standard error, so that standard output carries only a command's result.

use crate::settings::{Log, LogFormat};
use std::io::{IsTerminal as _, stderr};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts logging. A second call changes nothing.
pub fn start(log: &Log) {
    let mut filter = EnvFilter::new(&log.level);
    // The first warns of an attack at every expired or malformed cookie; the second logs every migration step, which hides the
    // set-up link; the third calls every answer of a passkey that users make up an error.
    for quiet in [
        "tower_sessions=error",
        "sea_orm_migration=warn",
        "webauthn_rs_core=off",
    ] {
        if let Ok(quiet) = quiet.parse() {
            filter = filter.add_directive(quiet);
        }
    }
    let lines = fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    let _ = match log.format {
        LogFormat::Text => registry.with(lines.with_target(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
}
