//! Files, looked at by their content and made fit for WhatsApp. What a file or its sender calls itself is never believed.
//!
//! | module      | content                                                                       |
//! |-------------|-------------------------------------------------------------------------------|
//! | [`inspect`] | what a file is                                                                |
//! | [`details`] | what is known of a picture, a video, a recording                              |
//! | [`limits`]  | WhatsApp's types and sizes: as what a file can be sent, and why not otherwise |
//! | [`picture`] | thumbnails, and pictures written anew without what WhatsApp refuses           |
//! | [`voice`]   | a browser's recording as a voice message                                      |
//!
//! The files come from customers and strangers. So memory is bounded whatever a file claims, and a file that lies is
//! refused with a typed reason; it never panics. Everything here blocks: a server calls it on a thread for that.

pub mod details;
#[cfg(feature = "contents")]
mod ebml;
#[cfg(feature = "contents")]
mod inspect;
pub mod limits;
#[cfg(feature = "contents")]
pub mod picture;
#[cfg(feature = "contents")]
mod source;
#[cfg(feature = "contents")]
pub mod voice;

pub use details::{Details, Inspected};
#[cfg(feature = "contents")]
pub use inspect::inspect;
