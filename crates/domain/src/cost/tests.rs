use super::*;
use crate::{
    countries::Country,
    form::{Invalid, Problem},
    message::Status,
    time::Timestamp,
};
use proptest::prelude::*;

const NOON: Timestamp = Timestamp::from_seconds(1_795_348_800);

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

fn counter(code: &str, category: Category, charge: Charge, messages: u64) -> Counter {
    Counter {
        country: code.parse().ok(),
        category,
        charge,
        messages,
    }
}

#[test]
fn amounts_are_exact() {
    for (text, amount, written) in [
        ("0.0175", 17_500, "0.0175"),
        ("12,50", 12_500_000, "12.5"),
        (" 7 ", 7_000_000, "7"),
        ("0.000001", 1, "0.000001"),
        ("999999999.999999", 999_999_999_999_999, "999999999.999999"),
    ] {
        assert_eq!(micros(text), Ok(amount), "{text}");
        assert_eq!(decimal(amount), written);
    }
    for text in [
        "-1",
        "1.",
        ".5",
        "1.0000001",
        "1e3",
        "1 000",
        "1.2.3",
        "1000000000",
        "x",
    ] {
        assert_eq!(micros(text), Err(Problem::NotAnAmount), "{text}");
    }
    assert_eq!(micros(" "), Err(Problem::Required));
}

#[test]
fn months_are_those_of_utc() {
    for (seconds, month) in [
        (0, "1970-01"),
        (951_782_399, "2000-02"),
        (951_868_800, "2000-03"),
        (1_793_491_199, "2026-10"),
        (1_793_491_200, "2026-11"),
        (1_798_761_599, "2026-12"),
        (1_798_761_600, "2027-01"),
    ] {
        let of = Month::of(Timestamp::from_seconds(seconds));
        assert_eq!(of.to_string(), month);
        assert_eq!(month.parse(), Ok(of));
        assert_eq!(of.after().before(), of);
    }
    let december: Month = "2026-12".parse().unwrap();
    assert_eq!(december.after().to_string(), "2027-01");
    for text in [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "26-11",
        "2026-1",
        "2026-11-01",
        "+026-11",
    ] {
        assert!(text.parse::<Month>().is_err(), "{text}");
    }
}

#[test]
fn the_country_is_that_of_the_number() {
    for (digits, code) in [
        ("420777123456", "CZ"),
        ("421905123456", "SK"),
        ("15550001234", "US"),
        ("14165550123", "CA"),
        ("18765550123", "JM"),
        ("79161234567", "RU"),
        ("77011234567", "KZ"),
        ("447911123456", "GB"),
        ("441481123456", "GG"),
        ("393331234567", "IT"),
        ("59991234567", "CW"),
        ("5997123456", "BQ"),
    ] {
        assert_eq!(country_of_number(digits), Some(country(code)), "{digits}");
    }
    for digits in ["", "0", "999", "210123456", "xyz", "č20"] {
        assert_eq!(country_of_number(digits), None, "{digits}");
    }
    assert_eq!(country_of_bsuid("CZ.13"), Some(country("CZ")));
    assert_eq!(country_of_bsuid("13"), None);
}

#[test]
fn metas_words_for_a_price() {
    let read = |billable, model, kind, category| {
        let Pricing { category, charge } = Pricing::read(billable, model, kind, category);
        (category, charge)
    };
    let pmp = Some("PMP");
    for (told, expected) in [
        (
            read(Some(true), pmp, Some("regular"), Some("service")),
            (Category::Service, Charge::Billable),
        ),
        (
            read(Some(false), pmp, Some("free_customer_service"), Some("utility")),
            (Category::Utility, Charge::Free),
        ),
        (
            read(Some(false), pmp, Some("free_entry_point"), Some("service")),
            (Category::Service, Charge::FreeEntryPoint),
        ),
        (
            read(Some(true), pmp, None, Some("authentication-international")),
            (Category::AuthenticationInternational, Charge::Billable),
        ),
        (
            read(None, None, Some("free_group_customer_service"), Some("SERVICE")),
            (Category::Service, Charge::Free),
        ),
        (
            read(Some(true), Some("CBP"), None, Some("service")),
            (Category::Service, Charge::Unknown),
        ),
        (
            read(None, pmp, None, Some("barter")),
            (Category::Unknown, Charge::Unknown),
        ),
    ] {
        assert_eq!(told, expected);
    }
}

fn told(status: Status, after: i64, pricing: Option<Charge>) -> Told {
    Told {
        status,
        at: Timestamp::from_millis(NOON.millis() + after),
        country: Some(country("CZ")),
        pricing: pricing.map(|charge| Pricing {
            category: Category::Service,
            charge,
        }),
    }
}

#[test]
fn what_is_not_delivered_costs_nothing_and_a_price_may_come_with_any_status() {
    let sent = told(Status::Sent, 0, Some(Charge::Billable));
    let failed = told(Status::Failed, 1, None);
    let delivered = told(Status::Delivered, 2, None);
    assert_eq!(counted([&sent, &failed].into_iter()), None);
    let count = counted([&sent, &delivered].into_iter()).unwrap();
    assert_eq!(
        (count.category, count.charge),
        (Category::Service, Charge::Billable)
    );
    let unpriced = counted([&delivered].into_iter()).unwrap();
    assert_eq!(
        (unpriced.category, unpriced.charge),
        (Category::Unknown, Charge::Unknown)
    );
}

proptest! {
    #[test]
    fn the_order_of_statuses_does_not_matter(order in Just(vec![
        told(Status::Sent, 0, Some(Charge::Billable)),
        told(Status::Delivered, 3_000_000_000, Some(Charge::Free)),
        told(Status::Read, 6_000_000_000, None),
        told(Status::Played, 9_000_000_000, None),
    ]).prop_shuffle()) {
        let count = counted(order.iter()).unwrap();
        prop_assert_eq!(count.charge, Charge::Free);
        prop_assert_eq!(count.month, Month::of(Timestamp::from_millis(NOON.millis() + 3_000_000_000)));
    }

    #[test]
    fn free_service_messages_are_spread_and_none_is_lost(counts in prop::collection::vec(0_u64..3000, 1..9)) {
        let codes = ["CZ", "SK", "PL", "DE", "HR", "SI", "EE", "LT", "LV"];
        let counters = counts.iter().zip(codes).map(|(count, code)| {
            counter(code, Category::Service, Charge::Billable, *count)
        }).collect();
        let costs = costs_of(counters, &RateTable::embedded());
        let total: u64 = counts.iter().sum();
        let paid: u64 = costs.lines.iter().filter_map(|line| line.paid).sum();
        prop_assert_eq!(paid, total.saturating_sub(FREE_SERVICE));
        prop_assert!(costs.lines.iter().all(|line| line.paid.unwrap() <= line.counter.messages));
    }
}

#[test]
fn a_thousand_service_messages_are_free_however_meta_calls_them() {
    let cost = |billable, free| {
        let counters = vec![
            counter("CZ", Category::Service, Charge::Billable, billable),
            counter("CZ", Category::Service, Charge::Free, free),
            counter("CZ", Category::Service, Charge::FreeEntryPoint, 500),
        ];
        let costs = costs_of(counters, &RateTable::embedded());
        (costs.sum.micros, costs.service)
    };
    assert_eq!(cost(999, 0), (0, 999));
    assert_eq!(cost(1200, 0), (200 * 17_500, 1200));
    assert_eq!(cost(200, 1000), (200 * 17_500, 1200));
    assert_eq!(cost(200, 900), (100 * 17_500, 1100));
    assert_eq!(cost(0, 5000), (0, 5000));
}

#[test]
fn what_is_not_known_is_never_zero() {
    let counters = vec![
        counter("CZ", Category::Marketing, Charge::Billable, 2),
        counter("PL", Category::Marketing, Charge::Billable, 3),
        counter("", Category::Utility, Charge::Billable, 4),
        counter("CZ", Category::Unknown, Charge::Unknown, 5),
        counter("PL", Category::Utility, Charge::Free, 6),
    ];
    let costs = costs_of(counters, &RateTable::embedded());
    let amounts: Vec<_> = costs.lines.iter().map(|line| line.micros).collect();
    assert_eq!(amounts, [Some(142_400), None, None, None, Some(0)]);
    let sum = Sum {
        micros: 142_400,
        unknown: 12,
    };
    assert_eq!(costs.sum, sum);
}

#[test]
fn a_budget_is_near_and_then_spent() {
    let form = BudgetForm {
        amount: "10".into(),
        currency: "EUR".into(),
        warn_percent: String::new(),
        stop_templates: true,
    };
    let budget = form.check().unwrap().unwrap();
    let currency: Currency = "EUR".parse().unwrap();
    let state = |micros| budget.state(&currency, Sum { micros, unknown: 0 });
    assert_eq!(state(7_999_999), BudgetState::Within);
    assert_eq!(state(8_000_000), BudgetState::Near);
    assert_eq!(state(10_000_000), BudgetState::Spent);
    let spent = Sum {
        micros: 10_000_000,
        unknown: 0,
    };
    assert!(budget.stops_templates(&currency, spent));
    let dollars: Currency = "USD".parse().unwrap();
    assert_eq!(budget.state(&dollars, spent), BudgetState::OtherCurrency);
    assert!(!budget.stops_templates(&dollars, spent));

    assert_eq!(BudgetForm::default().check(), Ok(None));
    let wrong = BudgetForm {
        amount: "0".into(),
        currency: "eur".into(),
        warn_percent: "101".into(),
        stop_templates: false,
    };
    let fields = fields(&wrong.check().unwrap_err());
    assert_eq!(
        fields,
        [
            ("amount".to_owned(), Problem::NotAnAmount),
            ("currency".to_owned(), Problem::NotACurrency),
            ("warn_percent".to_owned(), Problem::NotAPercentage),
        ]
    );
}

fn fields(invalid: &Invalid) -> Vec<(String, Problem)> {
    let fields = invalid.fields.iter();
    fields.map(|field| (field.field.clone(), field.problem)).collect()
}

#[test]
fn a_table_of_rates_is_read_back_as_it_was_written() {
    let table = RateTable::embedded();
    assert_eq!(table.rate(Some(country("CZ")), Category::Service), Some(17_500));
    assert_eq!(table.rate(Some(country("PL")), Category::Service), None);
    assert_eq!(table.rate(None, Category::Service), None);
    let form = RatesForm::of(&table);
    assert_eq!(form.check(), Ok(Some(table)), "{}", form.rates);
    assert_eq!(RatesForm::default().check(), Ok(None));
}

#[test]
fn a_table_says_what_is_wrong_with_it() {
    let form = RatesForm {
        rates: r#"{"currency": "Kč", "date": "2026-02-31", "source": "x", "markets": [
            {"countries": ["CZ", "XX", "CZ"], "rates": {"utility": 0.0175, "barter": "1", "service": "-1"}},
            {"countries": [], "rates": {}}]}"#
            .into(),
    };
    let mut found = fields(&form.check().unwrap_err());
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("rates.currency", Problem::NotACurrency),
        ("rates.date", Problem::NotADate),
        ("rates.markets.0.countries.1", Problem::Unknown),
        ("rates.markets.0.countries.2", Problem::Taken),
        ("rates.markets.0.rates.barter", Problem::Unknown),
        ("rates.markets.0.rates.service", Problem::NotAnAmount),
        ("rates.markets.1.countries", Problem::Required),
        ("rates.markets.1.rates", Problem::Required),
    ];
    let expected = expected.map(|(field, problem)| (field.to_owned(), problem));
    assert_eq!(found, expected);
    let torn = RatesForm {
        rates: "{\"currency\":\n 7".into(),
    };
    let found = fields(&torn.check().unwrap_err());
    assert_eq!(found, [("rates.line 2, column 2".to_owned(), Problem::Malformed)]);
}
