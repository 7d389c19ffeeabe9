//! Encrypts a text for one browser: nobody else can read it, the push service included.
//! <https://www.rfc-editor.org/rfc/rfc8291>

use crate::{Error, Result, entity::push_subscription, random};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    rand::SystemRandom,
};

/// Every text is filled up to this length, so that the length tells nothing. Push services take 4,096 bytes in all.
pub(super) const LENGTH: usize = 3000;
/// The size of a record; there is one.
const RECORD: u32 = 4096;

/// What a browser decrypts with.
#[derive(Debug)]
pub(super) struct Keys {
    public: [u8; 65],
    auth: [u8; 16],
}

impl Keys {
    /// `None` if they cannot be read.
    pub(super) fn of(p256dh: &str, auth: &str) -> Option<Self> {
        let bytes = |text| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        Some(Self {
            public: bytes(p256dh)?.try_into().ok()?,
            auth: bytes(auth)?.try_into().ok()?,
        })
    }

    pub(super) fn of_row(row: &push_subscription::Model) -> Result<Self> {
        Self::of(&row.p256dh, &row.auth)
            .ok_or_else(|| Error::Corrupt(format!("the keys of the push subscription {}", row.id)))
    }
}

/// The body of a push. `None` if the text is too long, or the browser's key is no point of the curve.
pub(super) fn encrypt(text: &[u8], keys: &Keys) -> Option<Vec<u8>> {
    if text.len() > LENGTH {
        return None;
    }
    let mut record = text.to_vec();
    record.push(LAST);
    record.resize(LENGTH + 1, 0);
    let random = SystemRandom::new();
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).ok()?;
    let own_public = own.compute_public_key().ok()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &keys.public);
    agree_ephemeral(own, &theirs, |shared| {
        seal(record, shared, own_public.as_ref(), keys, random::bytes())
    })
    .ok()?
    .ok()
}

/// Ends the text of the last record: <https://www.rfc-editor.org/rfc/rfc8188#section-2>
const LAST: u8 = 2;

fn seal(
    mut record: Vec<u8>,
    shared: &[u8],
    own_public: &[u8],
    keys: &Keys,
    salt: [u8; 16],
) -> std::result::Result<Vec<u8>, Unspecified> {
    let auth = Salt::new(HKDF_SHA256, &keys.auth).extract(shared);
    let both: [u8; 32] = expand(&auth, &[b"WebPush: info\0", &keys.public, own_public])?;
    let both = Salt::new(HKDF_SHA256, &salt).extract(&both);
    let key: [u8; 16] = expand(&both, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&both, &[b"Content-Encoding: nonce\0"])?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let length = u8::try_from(own_public.len()).map_err(|_| Unspecified)?;
    Ok([
        &salt,
        RECORD.to_be_bytes().as_slice(),
        &[length],
        own_public,
        &record,
    ]
    .concat())
}

fn expand<const N: usize>(key: &Prk, info: &[&[u8]]) -> std::result::Result<[u8; N], Unspecified> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut bytes = [0; N];
    key.expand(info, Length(N))?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    const PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// <https://www.rfc-editor.org/rfc/rfc8291#appendix-A>
    #[test]
    fn the_example_of_the_standard() {
        let keys = Keys::of(PUBLIC, AUTH).unwrap();
        let mut record = b"When I grow up, I want to be a watermelon".to_vec();
        record.push(LAST);
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let own =
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let body = seal(record, &shared, &own, &keys, salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS\
                        6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_\
                        Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn the_length_tells_nothing() {
        let keys = Keys::of(PUBLIC, AUTH).unwrap();
        let length = |text: &[u8]| encrypt(text, &keys).map(|body| body.len());
        assert_eq!(length(b""), length(&[b'x'; LENGTH]));
        assert!(length(b"").unwrap() <= 4096);
        assert_eq!(length(&[b'x'; LENGTH + 1]), None);
    }

    #[test]
    fn a_key_that_is_no_point_of_the_curve_is_refused() {
        let mut wrong = bytes(PUBLIC);
        wrong[64] ^= 1;
        let keys = Keys::of(&BASE64_URL_SAFE_NO_PAD.encode(wrong), AUTH).unwrap();
        assert!(encrypt(b"x", &keys).is_none());
        assert!(Keys::of("", AUTH).is_none() && Keys::of(PUBLIC, "").is_none());
    }
}
