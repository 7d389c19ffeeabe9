//! Files of messages: where the bytes are, and what is known of them.

mod state;
mod upload;
mod view;
mod way;

pub use state::FileState;
pub use upload::{UploadView, UploadedFile};
pub use view::{FileView, file_name};
pub use way::{FileAttempt, FileWay};
