//! The process: settings, every HTTP route on one page ([`http::routes`]), start and stop ([`application`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`settings`] | the settings; `default.toml` is their reference |
//! | [`cli`] | the commands of `switchboard` |
//! | [`doctor`] | `switchboard doctor`: the Health tab for a terminal |
//! | [`application`] | from settings to a listening server, and to its end |
//! | [`shutdown`] | the signals that ask for the stop, and the word of it |
//! | [`http`] | the table of routes, the layers around them, one file per endpoint |
//! | [`systemd`] | what a service manager is told |
//! | [`demo`] | `switchboard demo`: a throw-away console with a simulated WhatsApp |

pub mod application;
pub mod cli;
pub mod demo;
pub mod doctor;
pub mod http;
pub mod logging;
pub mod settings;
pub mod shutdown;
pub mod systemd;
