//! The table of rates: what a delivered message costs, by the customer's country and by category. Meta publishes it as
//! a card with a row for each market; the JSON here has the same shape.

#[cfg(feature = "openapi")]
use super::described;
use crate::{
    cost::{Category, Currency, micros, money::decimal},
    countries::Country,
    form::{Invalid, Problem, Problems, line},
    time,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a source.
const MAX_SOURCE: usize = 500;

/// A table of rates that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RatesInput", into = "RatesInput")]
pub struct RateTable {
    pub currency: Currency,
    /// The day from which the rates are valid, `2026-10-01`.
    #[cfg_attr(
        feature = "openapi",
        schema(required, format = Date, pattern = "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$", example = "2026-10-01")
    )]
    pub date: String,
    /// Where the rates come from.
    pub source: String,
    pub markets: Vec<Market>,
}

/// Countries with the same rates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RateMarket))]
pub struct Market {
    pub countries: BTreeSet<Country>,
    /// Millionths of the currency's unit.
    #[cfg_attr(feature = "openapi", schema(schema_with = described::rates))]
    pub rates: BTreeMap<Category, i64>,
}

/// The JSON of a table of rates, as an administrator writes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RatesInput {
    /// Of all rates.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Currency))]
    pub currency: String,
    /// The day from which the rates are valid.
    #[cfg_attr(
        feature = "openapi",
        schema(required, format = Date, pattern = "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$", example = "2026-10-01")
    )]
    pub date: String,
    /// Where the rates come from.
    #[cfg_attr(feature = "openapi", schema(required, min_length = 1, max_length = 500))]
    pub source: String,
    #[cfg_attr(feature = "openapi", schema(required, min_items = 1))]
    pub markets: Vec<MarketInput>,
}

/// A row of the card: `{"countries": ["CZ", "SK"], "rates": {"utility": "0.0175"}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RateMarketInput))]
#[serde(default, deny_unknown_fields)]
pub struct MarketInput {
    /// Each country belongs to one market.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Vec<Country>, min_items = 1))]
    pub countries: Vec<String>,
    #[cfg_attr(feature = "openapi", schema(required, schema_with = described::rates_input))]
    pub rates: BTreeMap<String, Value>,
}

impl RateTable {
    /// The rates that this version knows: Meta's card of October 2026 for the market *Rest of Central & Eastern
    /// Europe*, rounded. Every other market is unknown until an administrator supplies the card.
    pub fn embedded() -> Self {
        let country = |code: &&str| code.parse::<Country>().ok();
        let countries = ["BG", "CZ", "EE", "HR", "LT", "LV", "SI", "SK"];
        let rates = [
            (Category::Marketing, 71_200),
            (Category::Utility, 17_500),
            (Category::Authentication, 17_500),
            (Category::Service, 17_500),
        ];
        Self {
            currency: Currency::euro(),
            date: "2026-10-01".to_owned(),
            source: "Meta’s rate card of October 2026, Rest of Central & Eastern Europe, rounded: \
                     https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing"
                .to_owned(),
            markets: vec![Market {
                countries: countries.iter().filter_map(country).collect(),
                rates: rates.into(),
            }],
        }
    }

    /// What one message costs, in millionths; `None` if the table does not say.
    pub fn rate(&self, country: Option<Country>, category: Category) -> Option<i64> {
        let country = country?;
        let market = self
            .markets
            .iter()
            .find(|market| market.countries.contains(&country))?;
        market.rates.get(&category).copied()
    }
}

impl RatesInput {
    /// # Errors
    /// [`Invalid`] with every field that is wrong, such as `markets.2.rates.utility`.
    pub fn check(&self) -> Result<RateTable, Invalid> {
        let mut problems = Problems::default();
        let currency = problems.take("currency", self.currency.parse());
        let date = problems.take("date", day(&self.date));
        let source = problems.take("source", line(&self.source, MAX_SOURCE));
        if self.markets.is_empty() {
            problems.add("markets", Problem::Required);
        }
        let mut seen = BTreeSet::new();
        let markets = self.markets.iter().zip(0..);
        let markets: Vec<Market> = markets
            .map(|(market, nth)| market.check(nth, &mut seen, &mut problems))
            .collect();
        match (currency, date, source) {
            (Some(currency), Some(date), Some(source)) if problems.is_empty() => Ok(RateTable {
                currency,
                date,
                source,
                markets,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

impl MarketInput {
    fn check(&self, nth: usize, seen: &mut BTreeSet<Country>, problems: &mut Problems) -> Market {
        let mut market = Market {
            countries: BTreeSet::new(),
            rates: BTreeMap::new(),
        };
        if self.countries.is_empty() {
            problems.add(&format!("markets.{nth}.countries"), Problem::Required);
        }
        if self.rates.is_empty() {
            problems.add(&format!("markets.{nth}.rates"), Problem::Required);
        }
        for (code, of) in self.countries.iter().zip(0..) {
            let field = format!("markets.{nth}.countries.{of}");
            if let Some(country) = problems.take(&field, code.trim().parse()) {
                if !seen.insert(country) {
                    problems.add(&field, Problem::Taken);
                }
                market.countries.insert(country);
            }
        }
        for (name, amount) in &self.rates {
            let field = format!("markets.{nth}.rates.{name}");
            let category = match name.parse() {
                Ok(Category::Unknown) => Err(Problem::Unknown),
                other => other,
            };
            let category = problems.take(&field, category);
            let amount = match amount {
                Value::String(text) => micros(text),
                Value::Number(number) => micros(&number.to_string()),
                _ => Err(Problem::NotAnAmount),
            };
            if let (Some(amount), Some(category)) = (problems.take(&field, amount), category) {
                market.rates.insert(category, amount);
            }
        }
        market
    }
}

impl TryFrom<RatesInput> for RateTable {
    type Error = Invalid;
    fn try_from(input: RatesInput) -> Result<Self, Invalid> {
        input.check()
    }
}

impl From<RateTable> for RatesInput {
    fn from(table: RateTable) -> Self {
        let market = |market: Market| MarketInput {
            countries: market.countries.iter().map(ToString::to_string).collect(),
            rates: market
                .rates
                .into_iter()
                .map(|(category, rate)| (category.as_str().to_owned(), decimal(rate).into()))
                .collect(),
        };
        Self {
            currency: table.currency.into(),
            date: table.date,
            source: table.source,
            markets: table.markets.into_iter().map(market).collect(),
        }
    }
}

/// The table as it is typed on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RatesForm {
    pub rates: String,
}

impl RatesForm {
    /// The form with a table's JSON.
    pub fn of(table: &RateTable) -> Self {
        Self {
            rates: serde_json::to_string_pretty(table).unwrap_or_default(),
        }
    }

    /// The table; `None` for an empty field, which means the embedded one.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong, below `rates`; where the JSON cannot be read, with its line.
    pub fn check(&self) -> Result<Option<RateTable>, Invalid> {
        let text = self.rates.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let input: RatesInput = serde_json::from_str(text).map_err(|error| {
            let field = format!("rates.line {}, column {}", error.line(), error.column());
            Invalid::field(&field, Problem::Malformed)
        })?;
        input.check().map(Some).map_err(|mut invalid| {
            for problem in &mut invalid.fields {
                problem.field = format!("rates.{}", problem.field);
            }
            invalid
        })
    }
}

/// Such as `2026-10-01`, of a year from 2000 on.
fn day(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    match text {
        "" => Err(Problem::Required),
        _ if time::is_date(text) && text.starts_with('2') => Ok(text.to_owned()),
        _ => Err(Problem::NotADate),
    }
}
