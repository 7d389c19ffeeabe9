//! Communication channels: WhatsApp numbers, their credentials and where their sessions go.

mod address;
mod badge;
mod calling_code;
mod change;
mod history;
mod lifecycle;
mod list;
pub(crate) mod reservation;
mod rotate;
mod same_secrets;
mod save;
mod save_tabs;
mod sending;
pub(crate) mod traffic;
mod view;

pub use calling_code::calling_code;
pub use history::{activity, presence};
pub use lifecycle::{delete, pause, resume};
pub use list::{destinations, get, list, page};
pub use rotate::{drop_old_app_secret, rotate_verify_token};
pub use same_secrets::only_new_secrets;
pub use save::{create, reserve, save_authentication, save_messaging};
pub use save_tabs::{Tabs, save_tabs};
pub use sending::save_sending;

pub(crate) use address::webhook_url;
pub(crate) use view::find;
