//! How pages call the process. Leptos' own resources, actions and forms are compiled anew for each type that they carry;
//! these are compiled once, and only know how to read and to write the type. They are used in the same way.
//!
//! | module | what it holds |
//! |---|---|
//! | [`protocol`] | one request to a server function: a form is posted, JSON comes back |
//! | [`action`] | a server function that users call, and the form that calls it |
//! | [`reauthentication`] | calls that wait until their user has proved again who they are |
//! | [`resource`] | what a page reads, with the data that comes with the page |
//! | [`held`] | a value of any type |

mod action;
mod held;
mod protocol;
mod reauthentication;
mod resource;

pub use self::{
    action::{ActionForm, AnyAction, Callable, ServerAction, form_text},
    held::Value,
    protocol::Rpc,
    reauthentication::Reauthentication,
    resource::Resource,
};
