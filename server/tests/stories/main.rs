//! Stories through the real router, over real HTTP, with a simulated Meta at the other end.

mod access;
mod api;
mod browser;
mod channels;
mod content;
mod conversation;
mod countries;
mod crowd;
mod deliveries;
mod doctor;
mod engines;
mod events;
mod groups;
mod history;
mod idle;
mod inbound;
mod inbox;
mod incomplete;
mod input;
mod kinds;
mod outbound;
mod pages;
mod permissions;
mod process;
mod proxies;
mod races;
mod refusals;
mod senders;
mod strangers;
#[path = "../support/mod.rs"]
mod support;
mod thread;
mod transfers;
mod upgrade;
mod webhook;
mod wire;
