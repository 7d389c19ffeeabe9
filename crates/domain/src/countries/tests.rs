use super::{names::NAMES, *};
use crate::{
    form::{FieldProblem, Invalid, Problem},
    language::Language,
};

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

fn rule(codes: &[&str], unknown: bool) -> Rule {
    Rule {
        only: Some(codes.iter().map(|code| country(code)).collect()),
        unknown,
    }
}

#[test]
fn codes_are_sorted_and_names_are_there() {
    assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
    assert!(NAMES.iter().all(|(code, english, czech)| {
        code.len() == 2
            && code.bytes().all(|b| b.is_ascii_uppercase())
            && !english.is_empty()
            && !czech.is_empty()
    }));
    for (code, ..) in NAMES {
        assert_eq!(country(code).code(), code);
    }
    assert_eq!(Country::european_union().count(), 27);
    assert_eq!(country("CZ").name(Language::Cs), "Česko");
    assert_eq!(country("CZ").name(Language::En), "Czechia");
}

#[test]
fn what_is_no_country_is_refused() {
    for text in ["", "cz", "CZE", "XX", "EU", "C\0", "ČR"] {
        assert_eq!(text.parse::<Country>(), Err(Problem::Unknown), "{text:?}");
    }
    assert!(serde_json::from_str::<Country>("\"XX\"").is_err());
    assert_eq!(serde_json::to_string(&country("SK")).unwrap(), "\"SK\"");
}

#[test]
fn lists_are_in_the_order_of_the_language() {
    let sorted = |codes: &[&str], language| {
        let mut list: Vec<Country> = codes.iter().map(|code| country(code)).collect();
        list.sort_by_cached_key(|country| country.order(language));
        list.iter().map(|c| c.name(language)).collect::<Vec<_>>()
    };
    let czech = sorted(
        &[
            "HR", "CY", "CZ", "CN", "HU", "IT", "EG", "IR", "SK", "SE", "DE", "CW",
        ],
        Language::Cs,
    );
    let right = [
        "Curaçao",
        "Česko",
        "Čína",
        "Egypt",
        "Chorvatsko",
        "Írán",
        "Itálie",
        "Kypr",
        "Maďarsko",
        "Německo",
        "Slovensko",
        "Švédsko",
    ];
    assert_eq!(czech, right);
    assert_eq!(
        sorted(&["AX", "AL", "ZW", "CI", "CL"], Language::En)[..2],
        ["Åland Islands", "Albania"]
    );
}

#[test]
fn addresses_of_no_country() {
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "0.0.0.0",
        "::1",
        "::",
        "fd00::1",
        "fe80::1",
        "::ffff:10.1.2.3",
    ] {
        assert!(is_private(private.parse().unwrap()), "{private}");
    }
    for public in [
        "203.0.113.7",
        "8.8.8.8",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "192.169.0.1",
        "2001:db8::1",
        "2a03:2880::1",
        "::ffff:8.8.8.8",
    ] {
        assert!(!is_private(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn who_may_come_in() {
    let at = |code| Whereabouts::In {
        country: country(code),
    };
    let (open, czech) = (Rule::default(), rule(&["CZ", "SK"], false));
    let lenient = rule(&["CZ"], true);
    for (rule, from, passes) in [
        (&open, at("RU"), true),
        (&open, Whereabouts::Unknown, true),
        (&czech, at("CZ"), true),
        (&czech, at("SK"), true),
        (&czech, at("DE"), false),
        (&czech, Whereabouts::Unknown, false),
        (&czech, Whereabouts::Private, true),
        (&czech, Whereabouts::NoDatabase, true),
        (&lenient, Whereabouts::Unknown, true),
        (&lenient, at("DE"), false),
    ] {
        assert_eq!(rule.admits(from), passes, "{rule:?} {from:?}");
    }
}

fn form(door: &str, who: &str, countries: &[&str]) -> CountriesForm {
    CountriesForm {
        door: door.into(),
        who: who.into(),
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        ..CountriesForm::default()
    }
}

fn wrong(form: &CountriesForm) -> Vec<(String, Problem)> {
    match form.check() {
        Err(Invalid { fields }) => fields
            .into_iter()
            .map(|FieldProblem { field, problem, .. }| (field, problem))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_form_becomes_a_rule() {
    assert_eq!(
        form("api", "listed", &["SK", "CZ", "SK"]).check(),
        Ok((Door::Api, rule(&["CZ", "SK"], false)))
    );
    let everybody = CountriesForm {
        unknown: true,
        ..form("console", "everybody", &["CZ"])
    };
    assert_eq!(everybody.check(), Ok((Door::Console, Rule::default())));
    let union = CountriesForm {
        european_union: true,
        ..form("files", "listed", &["US"])
    };
    let (_, union) = union.check().unwrap();
    let countries = union.only.unwrap();
    assert_eq!(countries.len(), 28);
    assert!(countries.contains(&country("US")) && countries.contains(&country("CZ")));
}

#[test]
fn a_form_that_is_not_right() {
    let field = |name: &str, problem| vec![(name.to_owned(), problem)];
    for (form, problems) in [
        (
            form("console", "listed", &[]),
            field("countries", Problem::Required),
        ),
        (
            form("console", "listed", &["XX"]),
            field("countries", Problem::Unknown),
        ),
        (form("console", "", &["CZ"]), field("who", Problem::Required)),
        (form("console", "me", &["CZ"]), field("who", Problem::Unknown)),
        (form("window", "everybody", &[]), field("door", Problem::Unknown)),
    ] {
        assert_eq!(wrong(&form), problems, "{form:?}");
    }
}

#[test]
fn webhooks_are_closed_to_nobody_by_accident() {
    let careless = form("webhooks", "listed", &["US"]);
    assert_eq!(wrong(&careless), [("understood".to_owned(), Problem::Required)]);
    assert!(form("webhooks", "everybody", &[]).check().is_ok());
    let said = CountriesForm {
        understood: true,
        ..careless
    };
    assert!(said.check().is_ok());
}
