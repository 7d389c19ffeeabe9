//! Communication channels: the settings forms and their checks, where inbound messages go, and the badge, which is
//! always derived from facts and never stored.

mod activity;
mod audit;
mod authentication;
mod badge;
mod badge_change;
mod destination;
mod messaging;
mod receipts;
mod sending;
mod token;
mod view;

pub use activity::{Activity, ActivityView, DeliveryRow};
pub use audit::{AuditAction, AuditDetail, Changed, NewValue, Step};
pub use authentication::{Authentication, AuthenticationForm};
pub use badge::{Badge, ChannelFacts};
pub use badge_change::{BadgeChange, Reason};
pub use destination::{Destination, DestinationRef, Destinations};
pub use messaging::{Messaging, MessagingForm, meta_id};
pub use receipts::ReadReceipts;
pub use sending::{Sending, SendingForm, Unconfirmed};
pub use token::{TokenAnswer, TokenState};
pub use view::{ChannelRow, ChannelView, Presence};
