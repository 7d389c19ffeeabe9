//! A place in the sessions of a contact, as pages name it.

use uuid::Uuid;

/// The time of a message, and its id among those of the same time.
pub(crate) type Place = (i64, Uuid);

/// A place in the sessions of a contact, as pages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(super) session: Uuid,
    /// `None`: the end of the session.
    pub(super) before: Option<Place>,
}

impl Cursor {
    pub(super) fn end(session: Uuid) -> Self {
        Self {
            session,
            before: None,
        }
    }

    pub(super) fn before(session: Uuid, place: Place) -> Self {
        Self {
            session,
            before: Some(place),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let session = parts.next()?.parse().ok()?;
        let before = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some(at), Some(id), None) => Some((at.parse().ok()?, id.parse().ok()?)),
            _ => return None,
        };
        Some(Self { session, before })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.before {
            None => write!(f, "{}", self.session),
            Some((at, id)) => write!(f, "{}_{at}_{id}", self.session),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    pub(super) fn a_cursor_is_read_as_it_was_written_and_anything_else_is_refused() {
        let (session, message) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for cursor in [Cursor::end(session), Cursor::before(session, (-5, message))] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for foreign in [
            "",
            "x",
            "_",
            &format!("{session}_1"),
            &format!("{session}_1_{message}_2"),
        ] {
            assert_eq!(Cursor::parse(foreign), None, "{foreign}");
        }
    }
}
