//! The error that a redirect puts into the address of a page, for browsers without a script. It is signed: the page shows
//! it in the console's own words and place, so nobody else may write it.

use app::api::plain_form::local;
use axum::{
    http::{HeaderValue, Uri, header::LOCATION},
    response::Response,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::LazyLock;
use url::form_urlencoded;

/// The parameters that Leptos writes and reads.
const ERROR: [&str; 2] = ["__path", "__err"];
const SIGNATURE: &str = "__sig";

/// An error is shown once, right after the post, so a key of this process is enough.
static KEY: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the operating system gives random bytes");
    key
});

/// Signs the error in the address to which an answer redirects.
pub fn sign(mut answer: Response) -> Response {
    let location = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let signed = location.and_then(|to| {
        let (_, query) = to.split_once('?')?;
        let signature = hex::encode(signature(query)?.finalize().into_bytes());
        HeaderValue::try_from(format!("{to}&{SIGNATURE}={signature}")).ok()
    });
    if let Some(signed) = signed {
        answer.headers_mut().insert(LOCATION, signed);
    }
    answer
}

/// The address without an error that is not this process's own; `None` if nothing has to go.
pub fn without_foreign(address: &Uri) -> Option<String> {
    let query = address.query()?;
    let claimed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == SIGNATURE);
    let claimed = claimed
        .and_then(|(_, value)| hex::decode(&*value).ok())
        .unwrap_or_default();
    if signature(query)?.verify_slice(&claimed).is_ok() {
        return None;
    }
    let mut rest = form_urlencoded::Serializer::new(String::new());
    let foreign = |name: &str| ERROR.contains(&name) || name == SIGNATURE;
    rest.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !foreign(name)));
    // `//host/` would lead to another host.
    let path = local(address.path());
    Some(format!("{path}?{}", rest.finish()))
}

/// Of the error in a query; `None` if there is none.
fn signature(query: &str) -> Option<Hmac<Sha256>> {
    let mut signature = Hmac::<Sha256>::new_from_slice(&*KEY).ok()?;
    let mut signs = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if ERROR.contains(&&*name) {
            signs = true;
            signature.update(format!("{name}={value}\n").as_bytes());
        }
    }
    signs.then_some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_error_leads_to_no_other_host() {
        for (address, clean) in [
            ("/login?__err=x&next=%2Finbox", "/login?next=%2Finbox"),
            ("//evil.example/?__err=x", "/?"),
            ("///evil.example?__err=x", "/?"),
            ("/.//evil.example/?__path=x", "/?"),
            ("/inbox/..//evil.example/?__err=x", "/?"),
        ] {
            let address: Uri = address.parse().unwrap();
            assert_eq!(without_foreign(&address).as_deref(), Some(clean), "{address}");
        }
        assert_eq!(without_foreign(&"//evil.example/?a=b".parse().unwrap()), None);
    }
}
