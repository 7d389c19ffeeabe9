//! Who may do what: users, roles, permissions, and the scopes of API tokens.

mod actor;
mod permission;
mod role;
mod user;

pub use actor::{Actor, Me};
pub use permission::Permission;
pub use role::{Role, Scope};
pub use user::{NewPerson, PASSWORD_LEAST, PASSWORD_MOST, PersonForm, login_name, password};
