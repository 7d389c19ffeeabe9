//! How this process calls other servers.
//!
//! | file | what it does |
//! |---|---|
//! | `calls` | the client that all calls begin with |
//! | `guard` | which addresses are called when a user names them |
//! | `names` | looks up names, of which a silent name server holds up no others |

pub(crate) mod guard;

mod calls;
mod names;

pub(crate) use calls::client;
