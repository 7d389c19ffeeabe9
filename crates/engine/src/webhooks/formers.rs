//! The former secrets of a webhook. Each signs for a day beside the present one, so that the receiver can change over in between.
//! The receiver may have any of them: an answer that told of a newer one was lost, or two administrators each made another.

use crate::webhooks::secret::Secret;
use domain::time::Timestamp;
use secrecy::ExposeSecret as _;
use std::time::Duration;

/// How long a former secret signs.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Former secrets that sign at the same time: the header that holds the signatures stays short.
const MOST: usize = 4;

/// The oldest first, each with the time until which it signs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Formers(Vec<(Timestamp, Secret)>);

impl Formers {
    /// What was sealed; its last one signs until then. What is none is left out.
    pub(super) fn of(opened: &[u8], until: Timestamp) -> Self {
        let formers = match serde_json::from_slice::<Vec<(i64, String)>>(opened) {
            Ok(formers) => formers
                .into_iter()
                .filter_map(|(until, text)| {
                    let secret = Secret::parse(&text.into()).ok()?;
                    Some((Timestamp::from_millis(until), secret))
                })
                .collect(),
            // Until there could be several, the one was sealed as it is.
            Err(_) => Secret::of(opened)
                .map(|secret| (until, secret))
                .into_iter()
                .collect(),
        };
        Self(formers)
    }

    /// What is sealed.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let formers: Vec<_> = self
            .0
            .iter()
            .map(|(until, secret)| (until.millis(), secret.text().expose_secret().to_owned()))
            .collect();
        serde_json::to_vec(&formers).expect("numbers and texts are JSON")
    }

    /// Those after `present` has taken the place of `replaced`. If there are too many, the last of those before goes: whoever
    /// makes many in a row uses the last one, and a receiver that has heard of no change has one of the oldest.
    pub(super) fn after(mut self, replaced: Option<Secret>, present: &Secret, now: Timestamp) -> Self {
        self.0.retain(|(until, secret)| now < *until && secret != present);
        if let Some(replaced) = replaced.filter(|replaced| replaced != present) {
            self.0.truncate(MOST - 1);
            self.0.push((now.plus(A_DAY), replaced));
        }
        self
    }

    /// Until when any of them signs.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.0.iter().map(|(until, _)| *until).max()
    }

    /// Those that sign, the newest first.
    pub(super) fn that_sign(self, now: Timestamp) -> impl Iterator<Item = Secret> {
        let signing = self.0.into_iter().rev().filter(move |(until, _)| now < *until);
        signing.map(|(_, secret)| secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_796_004_000_000);
    const HOUR: Duration = Duration::from_secs(60 * 60);

    /// The secrets that sign after these changes, an hour apart from one another.
    fn signing(secrets: &[Secret]) -> Vec<Secret> {
        let (mut formers, mut now) = (Formers::default(), START);
        for change in secrets.windows(2) {
            now = now.plus(HOUR);
            formers = formers.after(Some(change[0].clone()), &change[1], now);
        }
        formers.that_sign(now).collect()
    }

    fn secrets<const N: usize>() -> [Secret; N] {
        std::array::from_fn(|_| Secret::create())
    }

    #[test]
    fn each_signs_for_a_day_after_it_was_replaced() {
        let [first, second, third] = secrets();
        let formers = Formers::default()
            .after(Some(first.clone()), &second, START)
            .after(Some(second.clone()), &third, START.plus(HOUR));
        let stored = || Formers::of(&formers.bytes(), START);
        assert_eq!(stored(), formers);
        assert_eq!(formers.end(), Some(START.plus(HOUR + A_DAY)));
        let sign = |after: Duration| stored().that_sign(START.plus(after)).collect::<Vec<_>>();
        assert_eq!(sign(HOUR), [second.clone(), first]);
        assert_eq!(sign(A_DAY), [second]);
        assert!(sign(A_DAY + HOUR).is_empty());
        let [fourth] = secrets();
        let later = stored().after(Some(third.clone()), &fourth, START.plus(2 * A_DAY));
        assert_eq!(later.0.len(), 1, "what is over is not kept");
    }

    #[test]
    fn of_many_the_oldest_and_the_last_one_sign() {
        let all: [Secret; 8] = secrets();
        assert_eq!(signing(&all[..5]), [3, 2, 1, 0].map(|n| all[n].clone()));
        assert_eq!(signing(&all), [6, 2, 1, 0].map(|n| all[n].clone()));
    }

    #[test]
    fn none_signs_twice() {
        let [first, second] = secrets();
        let back = [first.clone(), second.clone(), first.clone(), first.clone()];
        assert_eq!(signing(&back[..3]), std::slice::from_ref(&second));
        assert_eq!(signing(&back), [second]);
    }

    #[test]
    fn one_that_cannot_be_read_leaves_the_others() {
        let [first, second, third] = secrets();
        let formers = Formers::default().after(Some(first.clone()), &second, START);
        let after: Vec<_> = formers.after(None, &third, START).that_sign(START).collect();
        assert_eq!(after, [first]);
        assert_eq!(Formers::default().after(None, &third, START).end(), None);
        assert_eq!(Formers::of(b"[[1,2]]", START), Formers::default());
    }

    #[test]
    fn the_one_that_was_sealed_by_itself_signs_until_its_end() {
        let [former] = secrets();
        let read = Formers::of(former.bytes(), START);
        assert_eq!(read, Formers(vec![(START, former)]));
    }
}
