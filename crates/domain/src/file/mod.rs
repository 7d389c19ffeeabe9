//! Files of messages: where the bytes are, and what is known of them.

mod state;
mod view;

pub use state::FileState;
pub use view::{FileView, file_name};
