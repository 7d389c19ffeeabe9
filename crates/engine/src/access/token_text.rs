//! How an API token is spelled: `swb_`, 30 random characters, and the checksum of these, so that scanners for leaked secrets
//! recognise one without asking anybody
//! (<https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>).

use crate::random;

const PREFIX: &str = "swb_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 178 bits.
const RANDOM: usize = 30;
/// As many digits as the largest CRC-32 has.
const CHECKSUM: usize = 6;
/// Digits of tokens that older versions have made: 192 bits in hexadecimal, without a checksum.
const OLD: usize = 48;

/// A token that nobody can guess.
pub(super) fn new() -> String {
    let mut random = String::new();
    while random.len() < RANDOM {
        let [byte] = random::bytes::<1>();
        // Above that, the first digits would come more often than the others.
        if byte < 248 {
            random.push(char::from(DIGITS[usize::from(byte) % DIGITS.len()]));
        }
    }
    let checksum = checksum(&random);
    format!("{PREFIX}{random}{checksum}")
}

/// Whether it is spelled as a token. One that is not is nobody's.
pub(super) fn is_one(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(PREFIX) else {
        return false;
    };
    let is_old = digits.len() == OLD && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_old
        || digits.len() == RANDOM + CHECKSUM
            && digits
                .split_at_checked(RANDOM)
                .is_some_and(|(random, sum)| checksum(random) == sum)
}

fn checksum(random: &str) -> String {
    let mut rest = crc32fast::hash(random.as_bytes());
    let base = 62;
    let mut digits: Vec<u8> = (0..CHECKSUM)
        .map(|_| {
            let digit = DIGITS[usize::try_from(rest % base).unwrap_or_default()];
            rest /= base;
            digit
        })
        .collect();
    digits.reverse();
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_one_is_one_until_a_character_changes() {
        let token = new();
        assert_eq!(token.len(), 40);
        assert!(is_one(&token), "{token}");
        assert_ne!(token, new());
        for place in PREFIX.len()..token.len() {
            let mut other = token.clone().into_bytes();
            other[place] = if other[place] == b'0' { b'1' } else { b'0' };
            assert!(!is_one(&String::from_utf8(other).unwrap()), "{token} at {place}");
        }
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");
    }

    #[test]
    fn older_ones_go_on_working() {
        assert!(is_one(&format!("swb_{}", "0a".repeat(24))));
        for text in [
            "",
            "swb_",
            "swb_invented",
            "swb_ěščřžýáíéěščřžýá",
            &"0a".repeat(24),
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
