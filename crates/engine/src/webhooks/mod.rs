//! Webhooks: a PBX, a CRM or a script hears of events at an address of its own, by requests that are signed as Standard
//! Webhooks say. <https://github.com/standard-webhooks/standard-webhooks>
//!
//! | file | what it does |
//! |---|---|
//! | `event` | how an event is worded for programs |
//! | `state` | the HTTP clients, and which addresses they call |
//! | `secret` | signs what is sent |
//! | `formers` | the secrets before it, which sign for a day |
//! | `row` | a webhook's row, read |
//! | `manage` | creating, changing and deleting webhooks |
//! | `secrets` | other secrets, and those that receivers have already |
//! | `delete` | deletes them |
//! | `switch` | switching them on and off |
//! | `list` | webhooks, with how many events wait for each |
//! | `calls` | what they answered, and the events that they have not got |
//! | `trial` | sends a test, and waits for its answer |
//! | `replay` | asks for events to be sent again |
//! | `replaying` | sends them again, also after a stop or a kill |
//! | `sooner` | sends at once what waits for a later attempt |
//! | `kept` | the events that it finds |
//! | `fan_out` | hands each event to the webhooks that want it |
//! | `lanes` | keeps the events of a session in their order |
//! | `queue` | which calls are due, and which are under way |
//! | `call` | one request to a webhook |
//! | `schedule` | when the next attempt is made |
//! | `record` | writes down what came of the requests |
//! | `worker` | makes the calls that are due |
//! | `forget` | deletes what is no longer needed |
//!
//! An event is stored as it is sent, in the transaction that says how far the events have been handed over: so none is
//! lost, and none is stored twice. A call is claimed before its request and deleted after its success: whenever the
//! process ends, the webhook gets the event, perhaps twice. Of each session a webhook gets the events in their order, so
//! one that it refuses holds up those that follow in that session, and no others.

pub(crate) mod fan_out;
pub(crate) mod forget;
pub(crate) mod queue;
pub(crate) mod replaying;
pub(crate) mod state;
pub(crate) mod worker;

mod call;
mod calls;
mod delete;
mod event;
mod formers;
mod kept;
mod lanes;
mod list;
mod manage;
mod record;
mod replay;
mod row;
mod schedule;
mod secret;
mod secrets;
mod sooner;
mod switch;
mod trial;

#[cfg(test)]
mod plans;

pub use calls::{attempts, calls};
pub use delete::delete;
pub use event::{Tells, Wording};
pub use list::{get, list, names, warnings};
pub use manage::{Created, change, create};
pub use replay::{replay_all, replay_one, replay_since};
pub use secrets::{check_secret, create_given, has_secret, made_up_secret, replace_secret, rotate_secret};
pub use switch::turn;
pub use trial::{answer_to_test, send_test};
