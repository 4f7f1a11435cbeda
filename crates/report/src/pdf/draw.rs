//! Drawing pages that are laid out.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag};
use krilla::{Document as Pdf, SerializeSettings};

use super::face::Faces;
use super::page::{HEIGHT, Ink, Item, LEFT, Laid, Shape, WIDTH};
use super::tags::Tags;
use crate::document::{Day, Document};
use crate::error::Error;

/// The bytes of a document whose pages are known.
pub(super) fn draw(
    document: &Document,
    made: Day,
    faces: &Faces,
    laid: Laid,
) -> Result<Vec<u8>, Error> {
    let mut pdf = Pdf::new_with(settings()?);
    let Laid { pages, mut tags, places } = laid;
    for items in &pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| Error::Pdf("its pages have no size".to_owned()))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        draw_page(&mut surface, faces, items, &mut tags);
        surface.finish();
        page.finish();
    }
    pdf.set_tag_tree(tags.tree(&document.language));
    let mut outline = Outline::new();
    for place in places {
        let target = XyzDestination::new(place.page, Point::from_xy(LEFT, place.y));
        outline.push_child(OutlineNode::new(place.title, target));
    }
    pdf.set_outline(outline);
    pdf.set_metadata(metadata(document, made));
    pdf.finish().map_err(|error| Error::Pdf(error.to_string()))
}

fn settings() -> Result<SerializeSettings, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| Error::Pdf(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn metadata(document: &Document, made: Day) -> Metadata {
    let created = DateTime::new(made.year)
        .month(made.month)
        .day(made.day)
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0);
    Metadata::new()
        .title(document.title.clone())
        .description(document.subtitle.clone())
        .authors(vec!["Faregate".to_owned()])
        .creator("Faregate".to_owned())
        .language(document.language.clone())
        .creation_date(created)
}

/// Draws neighbouring items of one part as one stretch of content.
fn draw_page(surface: &mut Surface<'_>, faces: &Faces, items: &[Item], tags: &mut Tags) {
    for stretch in items.chunk_by(|one, other| one.part == other.part) {
        let part = stretch.first().and_then(|item| item.part);
        let content = match part {
            Some(_) => ContentTag::Other,
            None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        };
        let mark = surface.start_tagged(content);
        for item in stretch {
            draw_shape(surface, faces, &item.shape);
        }
        surface.end_tagged();
        if let Some(part) = part {
            tags.mark(part, mark);
        }
    }
}

fn draw_shape(surface: &mut Surface<'_>, faces: &Faces, shape: &Shape) {
    match shape {
        Shape::Nothing => {}
        Shape::Text { x, y, ink, run } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            let (start, font) = (Point::from_xy(*x, *y), faces.font(run.face));
            surface.draw_glyphs(start, &run.glyphs, font, &run.text, run.size, false);
        }
        Shape::Stroke { points, ink, width } => {
            let stroke = Stroke {
                paint: colour(*ink).into(),
                width: *width,
                line_cap: LineCap::Butt,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            surface.set_fill(None);
            surface.set_stroke(Some(stroke));
            draw_path(surface, points, false);
        }
        Shape::Area { points, ink } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            draw_path(surface, points, true);
        }
    }
}

fn draw_path(surface: &mut Surface<'_>, points: &[(f32, f32)], closed: bool) {
    if let Some(path) = path(points, closed) {
        surface.draw_path(&path);
    }
}

fn path(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    builder.move_to(first.0, first.1);
    for (x, y) in rest {
        builder.line_to(*x, *y);
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), ..Fill::default() }
}

fn colour([red, green, blue]: Ink) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}
