//! Who may do what: users, roles, permissions, and the scopes of API tokens.

mod actor;
mod permission;
mod role;
mod user;

pub use actor::{Actor, Me};
pub use permission::Permission;
pub use role::{Role, Scope};
pub use user::{MAX_PASSWORD, MIN_PASSWORD, NewUser, UserForm, login_name, password};
