//! Who pays what: by bucket, department or product, in parts that sum to the whole.

use crate::parts::{
    TOKENS, column, money, money_kind, section, sentence, table, text, tokens, whole,
};
use crate::{Asked, Unmade};
use faregate_app::reports;
use faregate_core::chargeback::{By, Part, Row};
use faregate_core::state::State;
use faregate_report::{Block, Kind, Section};

pub(crate) fn sections(state: &State, asked: &Asked) -> Result<Vec<Section>, Unmade> {
    let groups = state.estate().groups().iter();
    let mut dimensions: Vec<&String> =
        groups.filter_map(|group| group.dimension.as_ref()).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let mut all =
        vec![("By bucket".to_owned(), By::Bucket), ("By product".to_owned(), By::Product)];
    all.extend(dimensions.into_iter().map(|name| (format!("By {name}"), By::Group(name.clone()))));
    all.into_iter().map(|(title, by)| Ok(section(&title, blocks(state, asked, &by)?))).collect()
}

fn blocks(state: &State, asked: &Asked, by: &By) -> Result<Vec<Block>, Unmade> {
    let found = reports::chargeback(state, by, asked.from, asked.to, asked.currency)
        .map_err(Unmade::NoSum)?;
    let mut blocks = vec![part("What buckets paid for", &found.paid)];
    if !found.uncovered.rows.is_empty() {
        blocks.push(part("What no bucket could pay for and the vendor bills", &found.uncovered));
    }
    blocks.push(sentence(
        "A token costs what the packs valid at the start of the unit cost on average; the parts sum to the whole to \
         the millionth.",
    ));
    Ok(blocks)
}

fn part(caption: &str, part: &Part) -> Block {
    let row = |one: &Row, name: &str| {
        let key = if name.is_empty() { one.key.as_str() } else { "" };
        let name = if name.is_empty() { one.name.as_str() } else { name };
        vec![text(key), text(name), tokens(one.ticks), whole(one.charges), money(Some(one.money))]
    };
    let columns = vec![
        column("Key", Kind::Text),
        column("Name", Kind::Text),
        column("Tokens", TOKENS),
        column("Units", Kind::Whole),
        column("Cost", money_kind(Some(part.total.money))),
    ];
    let rows = part.rows.iter().map(|one| row(one, "")).collect();
    table(caption, columns, rows, Some(row(&part.total, "Total")))
}
