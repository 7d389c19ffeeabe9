//! Coordinates in what people paste: the address of a place in a map, or the coordinates themselves. A shortened link
//! has none.

use super::location::{Degrees, Location};
use crate::web_address::WebAddress;

/// Longer text is no link to a map.
const MAX_LINK: usize = 4096;

impl Location {
    /// The place that a pasted link or pair of coordinates means.
    pub fn pasted(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_LINK {
            return None;
        }
        let (latitude, longitude) = match WebAddress::parse(text) {
            Some(link) => of_link(&link)?,
            None => pair(text)?,
        };
        Some(Self {
            latitude: Some(latitude),
            longitude: Some(longitude),
            ..Self::default()
        })
    }
}

type Pair = (Degrees, Degrees);

fn of_link(link: &WebAddress) -> Option<Pair> {
    match &*link.scheme {
        "geo" => of_geo(link),
        "http" | "https" => of_web(link),
        _ => None,
    }
}

/// `geo:50.08,14.42;u=35?z=17`, as RFC 5870 has it; Android writes `geo:0,0?q=50.08,14.42(Castle)`.
fn of_geo(link: &WebAddress) -> Option<Pair> {
    let asked = parameter(link, "q").and_then(|q| pair(q.split('(').next()?));
    asked.or_else(|| pair(link.path.split(';').next()?))
}

fn of_web(link: &WebAddress) -> Option<Pair> {
    let number = |name: &str| parameter(link, name);
    // Mapy.com, which was Mapy.cz: x is the longitude.
    let mapy = || {
        let mapy = ["mapy.cz", "mapy.com"];
        let is_mapy = mapy.iter().any(|name| {
            link.host == *name
                || link
                    .host
                    .strip_suffix(name)
                    .is_some_and(|rest| rest.ends_with('.'))
        });
        let (x, y) = (number("x")?, number("y")?);
        is_mapy.then(|| both(y, x)).flatten()
    };
    let open_street_map = || both(number("mlat")?, number("mlon")?);
    let asked = || {
        let names = ["q", "query", "ll", "destination", "daddr", "coordinate", "center"];
        names.iter().find_map(|name| pair(number(name)?))
    };
    // Google's address has the place itself, and the middle of what was on the screen.
    let marked = || {
        let (_, rest) = link.path.rsplit_once("!3d")?;
        let (latitude, rest) = rest.split_once("!4d")?;
        both(latitude, rest.split(['!', '/']).next()?)
    };
    let in_path = || {
        let mut parts = link.path.split('/');
        parts.find_map(|part| pair(&decoded(part).trim_start_matches('@').replace('+', " ")))
    };
    // OpenStreetMap's `#map=17/50.08/14.42`.
    let in_fragment = || {
        let mut parts = link.fragment.strip_prefix("map=")?.split('/').skip(1);
        both(parts.next()?, parts.next()?.split('&').next()?)
    };
    mapy()
        .or_else(open_street_map)
        .or_else(marked)
        .or_else(asked)
        .or_else(in_path)
        .or_else(in_fragment)
}

fn parameter<'a>(link: &'a WebAddress, name: &str) -> Option<&'a str> {
    Some(link.parameter(name)?.trim_start_matches("loc:"))
}

fn decoded(part: &str) -> String {
    part.replace("%2C", ",").replace("%2c", ",").replace("%20", " ")
}

/// `50.08, 14.42`, or with the letters of the compass; what follows a second comma, such as a zoom, is left out.
fn pair(text: &str) -> Option<Pair> {
    let mut parts = text.split(',');
    both(parts.next()?, parts.next()?)
}

fn both(latitude: &str, longitude: &str) -> Option<Pair> {
    let pair = (degrees(latitude, 'N', 'S')?, degrees(longitude, 'E', 'W')?);
    (pair.0.is_within(90.0) && pair.1.is_within(180.0)).then_some(pair)
}

fn degrees(text: &str, plus: char, minus: char) -> Option<Degrees> {
    let text = text.trim();
    let (digits, turned) = match text.strip_suffix(minus) {
        Some(digits) => (digits, "-"),
        None => (text.strip_suffix(plus).unwrap_or(text), ""),
    };
    let digits = digits.trim().trim_end_matches('°');
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && digits.chars().skip(1).all(|c| c.is_ascii_digit() || c == '.')
        && digits.parse::<f64>().is_ok();
    is_number.then(|| Degrees::typed(&format!("{turned}{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, String)> {
        let place = Location::pasted(text)?;
        Some((
            place.latitude?.as_str().to_owned(),
            place.longitude?.as_str().to_owned(),
        ))
    }

    #[test]
    fn coordinates_are_read_as_people_paste_them() {
        for text in [
            "https://maps.google.com/?q=50.08,14.42",
            "https://www.google.com/maps/@50.08,14.42,17z",
            "https://www.google.com/maps/place/Castle/@49.9,14.1,17z/data=!3m1!4b1!4m6!3m5!1s0x0:0x0!8m2!3d50.08!4d14.42!16s",
            "https://www.google.com/maps/search/?api=1&query=50.08%2C14.42",
            "https://www.google.com/maps/search/50.08,+14.42",
            "geo:50.08,14.42",
            "geo:50.08,14.42;u=35?z=17",
            "geo:0,0?q=50.08,14.42(Castle)",
            "https://mapy.cz/zakladni?x=14.42&y=50.08&z=17",
            "https://en.mapy.com/en/zakladni?y=50.08&x=14.42",
            "https://www.openstreetmap.org/?mlat=50.08&mlon=14.42&zoom=17",
            "https://www.openstreetmap.org/#map=17/50.08/14.42&layers=N",
            "https://maps.apple.com/?ll=50.08,14.42",
            "https://waze.com/ul?ll=50.08%2C14.42",
            " 50.08, 14.42\n",
            "50.08N, 14.42E",
        ] {
            assert_eq!(read(text), Some(("50.08".into(), "14.42".into())), "{text}");
        }
        assert_eq!(read("33.8S,151.2E"), Some(("-33.8".into(), "151.2".into())));
    }

    #[test]
    fn nothing_else_is_a_place() {
        for text in [
            "",
            "Prague",
            "https://maps.app.goo.gl/abc",
            "https://example.com/?x=14.42&y=50.08",
            "https://notmapy.cz/?x=14.42&y=50.08",
            "https://maps.google.com/?q=Prague,Castle",
            "https://maps.google.com/?q=91,14",
            "geo:50.08",
            "50.08,1e9",
            "NaN,inf",
            "1,2 and more,",
            "javascript:50.08,14.42",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"1,".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in ".{0,200}") {
            read(&text);
            read(&format!("https://maps.google.com/{text}"));
            read(&format!("geo:{text}"));
        }
    }
}
