//! Message templates of a messaging account: what Meta has approved, what an operator fills in, and what the customer
//! then reads. The same code runs in the browser, for the preview, and in the process.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview>

mod definition;
mod fill;
mod read;
mod variables;
mod view;

#[cfg(test)]
mod tests;

pub use definition::{Button, ButtonKind, Definition, Field, FieldKind, Header, MediaKind, NotFillable};
pub use fill::Values;
pub use view::{Account, Found, Status, TemplateView};
