//! FOCUS against the ledger: no token is lost, none is counted twice, and costs are unit prices × quantities.

use crate::world::{PACK, Row, World};
use faregate_app::reports::chargeback;
use faregate_core::chargeback::By;
use faregate_library::{Format, Report};

/// An amount in billionths of a millionth, as far as it goes.
fn exact(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap();
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let part: i128 = format!("{part:0<12}").parse().unwrap();
    whole.parse::<i128>().unwrap() * 1_000_000_000_000 + sign * part
}

fn sum(rows: &[&Row], column: &str) -> i128 {
    rows.iter().map(|row| exact(&row[column])).sum()
}

fn of<'a>(rows: &'a [Row], category: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| row["ChargeCategory"] == category).collect()
}

#[test]
fn use_is_all_that_was_burned_and_costs_what_it_is_charged_back_for() {
    let mut world = World::new();
    let rows = world.rows(Report::CostAndUsage);
    let used = of(&rows, "Usage");
    assert!(used.len() > 50, "{} rows", used.len());
    let burned = i128::from(world.burned().micro_tokens());
    assert_eq!(sum(&used, "PricingCurrencyEffectiveCost"), burned * 1_000_000);
    let asked = crate::world::asked(Report::Chargeback, Format::Csv);
    let shared = world.engine.state();
    let state = shared.read();
    let costs = chargeback(&state, &By::Bucket, asked.from, asked.to, None).unwrap();
    let charged = i128::from(costs.paid.total.money.micros + costs.uncovered.total.money.micros);
    // Chargeback is rounded once, to the millionth; what each unit costs here, to the twelfth decimal.
    let difference = sum(&used, "EffectiveCost") - charged * 1_000_000;
    assert!(difference.abs() < 1_000_000, "{difference}");
    assert_eq!(sum(&used, "BilledCost"), 0, "tokens were paid for when they were bought");
}

#[test]
fn a_pack_is_cash_when_it_is_bought_and_no_use() {
    let mut world = World::new();
    let rows = world.rows(Report::CostAndUsage);
    let bought = of(&rows, "Purchase");
    let [pack] = bought.as_slice() else { panic!("{bought:?}") };
    let (price, whole) = PACK;
    assert_eq!(exact(&pack["BilledCost"]), i128::from(price * whole) * 1_000_000);
    assert_eq!(pack["EffectiveCost"], "0.0");
    assert_eq!(pack["PricingQuantity"], "3000.0");
    assert_eq!(pack["ChargePeriodStart"], "2026-05-16T12:00:00Z");
    assert_eq!(pack["ChargeDescription"], "Tokens: =Flex, 2026");
}

#[test]
fn a_pack_that_lives_on_was_paid_for_once() {
    let mut world = World::new();
    let before = world.rows(Report::CostAndUsage);
    world.carry_forward();
    let after = world.rows(Report::CostAndUsage);
    assert_eq!(of(&after, "Purchase"), of(&before, "Purchase"));
    let priced: Vec<Row> = world.rows(Report::Commitments);
    let costs: Vec<&str> =
        priced.iter().map(|row| row["ContractCommitmentCost"].as_str()).collect();
    assert_eq!(costs.iter().filter(|cost| **cost == "8250.0").count(), 1, "{costs:?}");
    assert_eq!(costs.iter().filter(|cost| !cost.is_empty()).count(), 1, "{costs:?}");
}

#[test]
fn each_cost_is_its_unit_price_times_its_quantity() {
    let mut world = World::new();
    for row in world.rows(Report::CostAndUsage) {
        let quantity = exact(&row["PricingQuantity"]) / 1_000_000_000_000;
        for (price, cost) in
            [("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")]
        {
            assert_eq!(exact(&row[price]) * quantity, exact(&row[cost]), "{row:?}");
        }
    }
}

#[test]
fn a_commitment_is_there_for_each_pack_whatever_it_cost() {
    let mut world = World::new();
    let rows = world.rows(Report::Commitments);
    let packs = world.engine.state().read().ledger().packs().len();
    assert_eq!(rows.len(), packs);
    let priced: Vec<_> =
        rows.iter().filter(|row| !row["ContractCommitmentCost"].is_empty()).collect();
    assert_eq!(priced.len(), 1);
    assert_eq!(priced[0]["ContractCommitmentCost"], "8250.0");
    assert_eq!(priced[0]["ContractCommitmentLifecycleStatus"], "Active");
}
