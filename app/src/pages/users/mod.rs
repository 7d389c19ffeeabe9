//! Users: everybody who can log in.

mod editor;
mod list;
mod log_ins;

pub use self::{
    editor::{NewUserPage, UserPage},
    list::UsersPage,
};
