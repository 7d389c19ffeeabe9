//! The process: settings, every HTTP route in one table ([`http::routes`]), start and stop ([`application`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`settings`] | the settings; `default.toml` is their reference |
//! | [`cli`] | the commands of `switchboard` |
//! | [`doctor`] | `switchboard doctor`: the Health tab for a terminal |
//! | [`application`] | builds the listening server from the settings, and stops it |
//! | [`shutdown`] | the signals that request the stop, and the notice of it |
//! | `connections` | accepts connections, HTTP/1.1 and HTTP/2 |
//! | `room`, `open_files` | how many there may be, and which of them gives way |
//! | [`http`] | the table of routes, the layers around them, one file per endpoint |
//! | [`systemd`] | notifications to the service manager |
//! | [`demo`] | `switchboard demo`: a throw-away console with a simulated WhatsApp |

pub mod application;
pub mod cli;
pub mod demo;
pub mod doctor;
pub mod http;
pub mod logging;
pub mod open_files;
pub mod settings;
pub mod shutdown;
pub mod systemd;

mod connections;
mod made_up_password;
mod room;
