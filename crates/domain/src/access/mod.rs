//! Who may do what: users, roles, permissions, and the scopes of API tokens.

mod account;
mod actor;
mod audit;
mod bound;
mod passkey;
mod permission;
mod role;
mod role_groups;
mod second_factor;
mod token;
mod user;

pub use account::{LoginView, PasswordForm, device_name};
pub use actor::{Actor, Me};
pub use audit::{
    AuditAbout, AuditActor, AuditFilter, AuditForm, AuditOutcome, AuditRow, AuditSubject, LOG_IN_ACTIONS,
};
pub use bound::{Bound, BoundRef};
pub use passkey::{PasskeyRow, passkey_name};
pub use permission::Permission;
pub use role::{Role, Scope};
pub use role_groups::RoleGroups;
pub use second_factor::{RECOVERY_CODES, RECOVERY_DIGITS, SecondFactorSetup, SecondFactorView, TypedCode};
pub use token::{MAX_TOKEN_DAYS, NewToken, TokenForm, TokenRow};
pub use user::{MAX_PASSWORD, MIN_PASSWORD, NewUser, UserForm, UserRow, login_name, password};
