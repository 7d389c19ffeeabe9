//! How this process calls other servers.
//!
//! | file | what it does |
//! |---|---|
//! | `calls` | the client that all calls begin with |
//! | `guard` | which addresses are called when a user names them |

pub(crate) mod guard;

mod calls;

pub(crate) use calls::client;
