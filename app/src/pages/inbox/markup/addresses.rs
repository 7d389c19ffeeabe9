//! Web and e-mail addresses in a text.

/// The maximum number of characters in a web address: it keeps the search from being quadratic.
const MAX_ADDRESS: usize = 2000;
/// The maximum number of characters before and after the `@`.
const MAX_MAIL_NAME: usize = 64;
const MAX_MAIL_DOMAIN: usize = 255;

/// The length of the web address that starts here, and where it leads.
pub fn web(text: &str, at: usize) -> Option<(usize, String)> {
    let rest = &text[at..];
    let starts = |prefix: &str| {
        rest.get(..prefix.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(prefix))
    };
    let scheme = ["https://", "http://", "www."]
        .into_iter()
        .find(|scheme| starts(scheme))?;
    if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c);
    let (end, _) = rest
        .char_indices()
        .chain([(rest.len(), ' ')])
        .take(MAX_ADDRESS)
        .find(|(_, c)| ends(*c))?;
    let address = without_trailing_punctuation(&rest[..end]);
    if address.len() <= scheme.len() {
        return None;
    }
    let href = match scheme {
        "www." => format!("https://{address}"),
        _ => address.to_owned(),
    };
    Some((address.len(), href))
}

/// The length of the e-mail address that starts here, and where it leads.
pub fn mail(text: &str, at: usize) -> Option<(usize, String)> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        || before.is_some_and(|c| c.is_alphanumeric() || in_name(c))
    {
        return None;
    }
    let name = rest
        .bytes()
        .take(MAX_MAIL_NAME + 1)
        .position(|b| !in_name(char::from(b)))?;
    let domain = rest[name..].strip_prefix('@')?;
    let end = domain
        .bytes()
        .take(MAX_MAIL_DOMAIN + 1)
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'.' || b == b'-'))
        .unwrap_or(domain.len().min(MAX_MAIL_DOMAIN));
    let domain = domain[..end].trim_end_matches(['.', '-']);
    let last = domain.rsplit_once('.').filter(|(first, _)| !first.is_empty());
    let is_domain =
        last.is_some_and(|(_, top)| top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()));
    let length = name + 1 + domain.len();
    is_domain.then(|| (length, format!("mailto:{}", &rest[..length])))
}

/// The full stop after an address, or the bracket around it, does not belong to it.
fn without_trailing_punctuation(mut address: &str) -> &str {
    while let Some(last) = address.chars().next_back() {
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '“' | '”' => false,
            ')' => address.matches('(').count() >= address.matches(')').count(),
            ']' => address.matches('[').count() >= address.matches(']').count(),
            _ => true,
        };
        if belongs {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}
