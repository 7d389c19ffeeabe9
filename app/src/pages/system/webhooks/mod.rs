//! System › Webhooks: addresses of other programs to which events are sent.
//!
//! | file | what it shows |
//! |---|---|
//! | `list` | all of them |
//! | `create` | a new one, and its secret |
//! | `page` | one of them: what is above its tabs |
//! | `settings` | its first tab: its form, and what is done with it |
//! | `attempts` | what it has answered |
//! | `undelivered` | what it has not got, and sending that again |
//! | `fields` | the fields of its form |
//! | `trial`, `secret` | a test, and another secret |
//! | `state`, `paging` | whether it works; the ways to other pages of a list |

mod attempts;
mod create;
mod fields;
mod list;
mod page;
mod paging;
mod secret;
mod settings;
mod state;
mod trial;
mod undelivered;

pub use self::{
    attempts::AttemptsTab, create::NewWebhookPage, list::WebhooksPage, page::WebhookPage,
    settings::WebhookTab, undelivered::UndeliveredTab,
};
