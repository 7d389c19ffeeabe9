//! Contacts: the company's customers, as sessions show and searches find them.

pub(crate) mod search;
