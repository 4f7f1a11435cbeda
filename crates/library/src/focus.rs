//! The tables of FOCUS 1.4 (FinOps Open Cost and Usage Specification): Cost and Usage, and Contract Commitment.
//!
//! Tokens are a virtual currency, and rows are as the specification's examples have them: a pack is a purchase whose
//! cash is `BilledCost` and whose `EffectiveCost` is 0 while its period is that of its validity; use has no
//! `BilledCost`, and its `EffectiveCost` is tokens × what a token cost on average (as in chargeback). So the cash of
//! a year is in `BilledCost`, what was used of it in `EffectiveCost`, and neither is counted twice.
//!
//! Amounts have twelve decimals, and a cost is exactly its unit price × its quantity.

use crate::csv::{decimal, line};
use crate::parts::last_day;
use crate::{Asked, Unmade};
use faregate_app::reports::usual_currency;
use faregate_core::amount::{Currency, TICKS_PER_TOKEN, Ticks, div_half_even};
use faregate_core::chargeback::{NoSum, TokenPrices};
use faregate_core::csv::guarded;
use faregate_core::estate::{BucketId, ProductId};
use faregate_core::ledger::{Pack, PackKind};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{Date, Instant};
use serde_json::json;
use std::collections::BTreeMap;

/// Decimals of amounts of money.
const PLACES: u32 = 12;

const COST_AND_USAGE: [&str; 38] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
];

const COMMITMENTS: [&str; 27] = [
    "BillingCurrency",
    "ContractCommitmentApplicability",
    "ContractCommitmentBenefitCategory",
    "ContractCommitmentCategory",
    "ContractCommitmentCost",
    "ContractCommitmentCreated",
    "ContractCommitmentDescription",
    "ContractCommitmentDiscountPercentage",
    "ContractCommitmentDurationType",
    "ContractCommitmentFulfillmentInterval",
    "ContractCommitmentId",
    "ContractCommitmentLastUpdated",
    "ContractCommitmentLifecycleStatus",
    "ContractCommitmentModel",
    "ContractCommitmentOfferCategory",
    "ContractCommitmentPaymentInterval",
    "ContractCommitmentPaymentModel",
    "ContractCommitmentPeriodEnd",
    "ContractCommitmentPeriodStart",
    "ContractCommitmentQuantity",
    "ContractCommitmentType",
    "ContractCommitmentUnit",
    "ContractId",
    "ContractPeriodEnd",
    "ContractPeriodStart",
    "InvoiceIssuerName",
    "ServiceProviderName",
];

const PROVIDER: &str = "Autodesk";

/// What a row says; columns that are not named are null.
type Said = Vec<(&'static str, String)>;

fn written(columns: &[&str], rows: impl Iterator<Item = Said>) -> String {
    let header = line(columns.iter().map(|name| (*name).to_owned()));
    let rows = rows.map(|row| {
        let cell =
            |name: &&str| row.iter().find(|(of, _)| of == name).map(|(_, text)| text.clone());
        line(columns.iter().map(|name| cell(name).unwrap_or_default()))
    });
    header + &rows.collect::<String>()
}

/// A row for each pack that begins in the period, and one for each day, bucket, product and unit price of use.
pub(crate) fn cost_and_usage(state: &State, asked: &Asked) -> Result<String, Unmade> {
    let currency = asked.currency.unwrap_or_else(|| usual_currency(state, asked.to));
    let books = Books { state, currency };
    let mut rows = Vec::new();
    for bought in books.packs_between(asked.from, asked.to) {
        rows.extend(books.purchase(&bought).map_err(Unmade::NoSum)?);
    }
    for (of, units) in books.used(asked).map_err(Unmade::NoSum)? {
        rows.push(books.usage(&of, units));
    }
    Ok(written(&COST_AND_USAGE, rows.into_iter()))
}

/// Units of use that one row sums up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Used {
    date: Date,
    bucket: BucketId,
    product: ProductId,
    /// Tokens of a unit.
    ticks: Ticks,
    /// Price of a token, in parts of a unit of money ([`PLACES`]).
    price: i128,
    unit: &'static str,
    paid: bool,
}

struct Books<'a> {
    state: &'a State,
    currency: Currency,
}

/// A pack that somebody paid for: what lives on of another one was paid for with that.
struct Bought<'a> {
    number: usize,
    pack: &'a Pack,
    /// As it was bought, whatever of it lives on elsewhere now.
    ticks: Ticks,
}

impl<'a> Books<'a> {
    fn packs_between(&self, from: Date, to: Date) -> impl Iterator<Item = Bought<'a>> {
        let (state, ledger) = (self.state, self.state.ledger());
        let begins = move |pack: &Pack| (from..=to).contains(&state.zone().date(pack.from));
        let packs = ledger.packs().iter().enumerate().filter(move |(_, pack)| begins(pack));
        let bought =
            packs.map(|(number, pack)| Bought { number, pack, ticks: ledger.purchased(number) });
        bought.filter(|bought| bought.ticks.is_positive())
    }

    fn used(&self, asked: &Asked) -> Result<BTreeMap<Used, i64>, NoSum> {
        let zone = self.state.zone();
        let span = zone.start_of(asked.from)..zone.start_of(asked.to.plus(1));
        let mut prices = TokenPrices::new(self.state, self.currency);
        let mut all: BTreeMap<Used, i64> = BTreeMap::new();
        for charge in self.state.charges().iter().filter(|charge| span.contains(&charge.at)) {
            let used = Used {
                date: zone.date(charge.at),
                bucket: charge.bucket,
                product: charge.product,
                ticks: charge.ticks,
                price: prices.at(charge.at)?,
                unit: unit(charge.meter),
                paid: charge.paid,
            };
            *all.entry(used).or_default() += 1;
        }
        Ok(all)
    }

    /// What is the same in every row of a period.
    fn frame(&self, of: Date, (start, end): (Instant, Instant)) -> Said {
        let zone = self.state.zone();
        let account = account(self.state);
        vec![
            ("BillingAccountId", account.clone()),
            ("BillingAccountName", account),
            ("BillingCurrency", self.currency.code().to_owned()),
            ("BillingPeriodStart", zone.start_of(of.month_start()).to_string()),
            ("BillingPeriodEnd", zone.start_of(of.next_month_start()).to_string()),
            ("ChargePeriodStart", start.to_string()),
            ("ChargePeriodEnd", end.to_string()),
            ("HostProviderName", PROVIDER.to_owned()),
            ("InvoiceIssuerName", PROVIDER.to_owned()),
            ("ServiceProviderName", PROVIDER.to_owned()),
            ("ServiceCategory", "Business Applications".to_owned()),
            ("ServiceSubcategory", "Other (Business Applications)".to_owned()),
        ]
    }

    /// A pack; none where nobody said what it cost, which is not the same as nothing.
    fn purchase(&self, bought: &Bought<'_>) -> Result<Option<Said>, NoSum> {
        let Bought { number, pack, ticks } = *bought;
        let Some(price) = pack.price else { return Ok(None) };
        let price = TokenPrices::new(self.state, self.currency).converted(price, pack.from)?;
        let price_text = decimal(price, PLACES);
        let quantity = decimal(i128::from(ticks.micro_tokens()), 6);
        let cost = decimal(times(price, ticks), PLACES);
        let mut row = self.frame(self.state.zone().date(pack.from), (pack.from, pack.until));
        row.extend([
            ("BilledCost", cost.clone()),
            ("ChargeCategory", "Purchase".to_owned()),
            ("ChargeDescription", guarded(&format!("Tokens: {}", pack.name)).into_owned()),
            ("ChargeFrequency", "One-Time".to_owned()),
            ("ContractedCost", cost.clone()),
            ("ContractedUnitPrice", price_text.clone()),
            ("EffectiveCost", "0.0".to_owned()),
            ("ListCost", cost),
            ("ListUnitPrice", price_text.clone()),
            ("PricingCategory", "Committed".to_owned()),
            ("PricingCurrency", self.currency.code().to_owned()),
            ("PricingCurrencyContractedUnitPrice", price_text.clone()),
            ("PricingCurrencyEffectiveCost", "0.0".to_owned()),
            ("PricingCurrencyListUnitPrice", price_text),
            ("PricingQuantity", quantity),
            ("PricingUnit", "Tokens".to_owned()),
            ("ServiceName", "Autodesk tokens".to_owned()),
            ("SkuId", kind(pack.kind).to_owned()),
            ("SkuPriceId", format!("pack-{number}")),
            ("Tags", "{}".to_owned()),
        ]);
        Ok(Some(row))
    }

    fn usage(&self, of: &Used, units: i64) -> Said {
        let estate = self.state.estate();
        let zone = self.state.zone();
        let product = estate.product(of.product);
        let bucket = estate.bucket(of.bucket);
        let tokens = i128::from(of.ticks.micro_tokens());
        let unit_price = times(of.price, of.ticks);
        let (price, cost) =
            (decimal(unit_price, PLACES), decimal(unit_price * i128::from(units), PLACES));
        let count = decimal(i128::from(units), 0);
        let mut row = self.frame(of.date, (zone.start_of(of.date), zone.start_of(of.date.plus(1))));
        let key = product.map_or("", |known| &known.key);
        row.extend([
            ("BilledCost", "0.0".to_owned()),
            ("ChargeCategory", "Usage".to_owned()),
            ("ChargeDescription", guarded(product.map_or("", |known| &known.name)).into_owned()),
            ("ChargeFrequency", "Usage-Based".to_owned()),
            ("ConsumedQuantity", count.clone()),
            ("ConsumedUnit", of.unit.to_owned()),
            ("ContractedCost", cost.clone()),
            ("ContractedUnitPrice", price.clone()),
            ("EffectiveCost", cost.clone()),
            ("ListCost", cost),
            ("ListUnitPrice", price),
            ("PricingCategory", "Committed".to_owned()),
            ("PricingCurrency", "Token".to_owned()),
            ("PricingCurrencyContractedUnitPrice", decimal(tokens, 6)),
            ("PricingCurrencyEffectiveCost", decimal(tokens * i128::from(units), 6)),
            ("PricingCurrencyListUnitPrice", decimal(tokens, 6)),
            ("PricingQuantity", count),
            ("PricingUnit", of.unit.to_owned()),
            ("ServiceName", guarded(product.map_or("", |known| &known.name)).into_owned()),
            ("SkuId", guarded(key).into_owned()),
            ("SkuPriceId", format!("{key}-{}-{}", of.unit.to_lowercase(), decimal(tokens, 6))),
            ("SubAccountId", guarded(bucket.map_or("", |known| &known.key)).into_owned()),
            ("SubAccountName", guarded(bucket.map_or("", |known| &known.name)).into_owned()),
            ("SubAccountType", "Bucket".to_owned()),
            ("Tags", json!({ "faregate/paid": of.paid.to_string() }).to_string()),
        ]);
        row
    }
}

/// Packs as commitments: so many tokens, paid in advance, until they expire.
pub(crate) fn commitments(state: &State, asked: &Asked) -> Result<String, Unmade> {
    let currency = asked.currency.unwrap_or_else(|| usual_currency(state, asked.to));
    let books = Books { state, currency };
    let all = books.packs_between(Date(i32::MIN), Date(i32::MAX));
    let rows: Result<Vec<Said>, NoSum> = all.map(|one| books.commitment(&one, asked.now)).collect();
    Ok(written(&COMMITMENTS, rows.map_err(Unmade::NoSum)?.into_iter()))
}

impl Books<'_> {
    fn commitment(&self, bought: &Bought<'_>, now: Instant) -> Result<Said, NoSum> {
        let Bought { number, pack, ticks } = *bought;
        let prices = TokenPrices::new(self.state, self.currency);
        let price = pack.price.map(|price| prices.converted(price, pack.from)).transpose()?;
        let cost = price.map(|price| decimal(times(price, ticks), PLACES));
        let days = pack.until.since(pack.from) / faregate_core::when::DAY;
        let status = match () {
            () if now < pack.from => "Pending",
            () if pack.until <= now => "Expired",
            () if !pack.remaining.is_positive() => "Exhausted",
            () => "Active",
        };
        let (from, until) = (pack.from.to_string(), pack.until.to_string());
        let said = format!("{}, until {}", pack.name, last_day(self.state, pack.until));
        let applies = json!({
            "IsGlobalScope": false,
            "InclusionOperator": "And",
            "Inclusions": [
                { "Dimension": "ServiceProviderName", "Operator": "In", "Values": [PROVIDER] },
            ],
        });
        Ok(vec![
            ("BillingCurrency", self.currency.code().to_owned()),
            ("ContractCommitmentApplicability", applies.to_string()),
            ("ContractCommitmentBenefitCategory", "Entitlement".to_owned()),
            ("ContractCommitmentCategory", "Usage".to_owned()),
            ("ContractCommitmentCost", cost.unwrap_or_default()),
            ("ContractCommitmentCreated", from.clone()),
            ("ContractCommitmentDescription", guarded(&said).into_owned()),
            ("ContractCommitmentDurationType", format!("{days} days")),
            ("ContractCommitmentFulfillmentInterval", "Full Period".to_owned()),
            ("ContractCommitmentId", format!("pack-{number}")),
            ("ContractCommitmentLastUpdated", self.state.at().max(pack.from).to_string()),
            ("ContractCommitmentLifecycleStatus", status.to_owned()),
            ("ContractCommitmentModel", "Discontinuous".to_owned()),
            ("ContractCommitmentOfferCategory", "Negotiated".to_owned()),
            ("ContractCommitmentPaymentInterval", "One-Time".to_owned()),
            ("ContractCommitmentPaymentModel", "All Upfront".to_owned()),
            ("ContractCommitmentPeriodEnd", until.clone()),
            ("ContractCommitmentPeriodStart", from.clone()),
            ("ContractCommitmentQuantity", decimal(i128::from(ticks.micro_tokens()), 6)),
            ("ContractCommitmentType", kind(pack.kind).to_owned()),
            ("ContractCommitmentUnit", "Tokens".to_owned()),
            ("ContractId", account(self.state)),
            ("ContractPeriodEnd", until),
            ("ContractPeriodStart", from),
            ("InvoiceIssuerName", PROVIDER.to_owned()),
            ("ServiceProviderName", PROVIDER.to_owned()),
        ])
    }
}

/// The contract's name, which must not be empty.
fn account(state: &State) -> String {
    let name = if state.name().is_empty() { "contract" } else { state.name() };
    guarded(name).into_owned()
}

/// A price of a token × tokens, rounded once to [`PLACES`].
fn times(price: i128, ticks: Ticks) -> i128 {
    div_half_even(price.saturating_mul(i128::from(ticks.0)), i128::from(TICKS_PER_TOKEN))
}

/// A unit, in the specification's words for units.
const fn unit(meter: Meter) -> &'static str {
    match meter {
        Meter::Window24h | Meter::CalendarDay => "Days",
        Meter::StartedHour => "Hours",
        Meter::Minute => "Minutes",
        Meter::Result => "Results",
    }
}

const fn kind(kind: PackKind) -> &'static str {
    match kind {
        PackKind::Flex => "flex",
        PackKind::ContractYear => "contract-year",
        PackKind::MultiYear => "multi-year",
    }
}
