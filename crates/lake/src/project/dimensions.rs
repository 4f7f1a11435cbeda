//! The dimensions: who and what there is, as of a state.

use crate::fault::LakeError;
use crate::rows::{Cell, Rows};
use crate::tables::Table;
use faregate_core::estate::{BucketId, Estate, PersonId, folded};

/// Who there is. `hidden` says what to call whoever is not to be named.
pub(crate) fn people(
    estate: &Estate,
    hidden: &dyn Fn(PersonId) -> Option<String>,
) -> Result<Rows, LakeError> {
    let mut rows = Rows::new(Table::People);
    for (id, person) in (0..).map(PersonId).zip(estate.people()) {
        let hidden = hidden(id);
        let standing = estate.standing(id);
        let key_in = |dimension: &str| {
            let id = Some(id).filter(|_| hidden.is_none())?;
            let group = estate.group_in(id, dimension).and_then(|id| estate.group(id));
            group.map(|group| group.key.as_str())
        };
        // Who is in which groups can tell who they are.
        let groups = if hidden.is_some() { &[] } else { estate.groups_of(id) };
        let keys = groups.iter().filter_map(|group| estate.group(*group));
        let groups: String = keys.map(|group| format!(",{}", group.key)).collect();
        let groups = if groups.is_empty() { groups } else { groups + "," };
        rows.push(&[
            Cell::id(Some(id.0)),
            Cell::Text(hidden.as_deref().unwrap_or(&person.key)),
            Cell::Text(hidden.as_deref().unwrap_or(&person.name)),
            Cell::id(Some(person.bucket.0)),
            Cell::Flag(standing.is_some_and(|standing| standing.contractor)),
            Cell::at(standing.and_then(|standing| standing.until)),
            Cell::text(key_in("department")),
            Cell::text(key_in("cost-centre")),
            Cell::Text(&groups),
        ])?;
    }
    Ok(rows)
}

/// Product families.
pub(crate) fn products(estate: &Estate) -> Result<Rows, LakeError> {
    let mut rows = Rows::new(Table::Products);
    for (id, product) in (0..).zip(estate.products()) {
        rows.push(&[Cell::Int(id), Cell::Text(&product.key), Cell::Text(&product.name)])?;
    }
    Ok(rows)
}

/// The tree of buckets; a path begins at the topmost, `emea/rail/bridges`.
pub(crate) fn buckets(estate: &Estate) -> Result<Rows, LakeError> {
    let mut rows = Rows::new(Table::Buckets);
    for (id, bucket) in (0..).map(BucketId).zip(estate.buckets()) {
        let above = estate.buckets_above(id);
        let key = |id: BucketId| estate.bucket(id).map(|bucket| folded(&bucket.key));
        let above = above.into_iter().filter(|other| *other != id).filter_map(key);
        let mut path: Vec<String> = above.collect();
        path.reverse();
        path.push(folded(&bucket.key));
        rows.push(&[
            Cell::id(Some(id.0)),
            Cell::Text(&bucket.key),
            Cell::Text(&bucket.name),
            Cell::id(estate.parent(id).map(|parent| parent.0)),
            Cell::Text(&path.join("/")),
        ])?;
    }
    Ok(rows)
}

/// Offices and other places.
pub(crate) fn sites(estate: &Estate) -> Result<Rows, LakeError> {
    let mut rows = Rows::new(Table::Sites);
    for (id, site) in (0..).zip(estate.sites()) {
        let region = estate.region_of(site.country).map(|region| region.key.as_str());
        rows.push(&[
            Cell::Int(id),
            Cell::Text(&site.key),
            Cell::Text(&site.name),
            Cell::Text(site.country.code()),
            Cell::text(region),
            Cell::Text(site.zone.name()),
        ])?;
    }
    Ok(rows)
}
