//! The PDF of an invoice.

use krilla::color::luma;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;

use chrono::{DateTime as Instant, Datelike as _, Timelike as _, Utc};

use super::face::Faces;
use super::layout::{Element, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT};
use super::logo::{self, Placed};
use super::packet::{self, NoPdf, XML_NAME};
use super::paper;
use super::standard::{self, Syntax};
use super::wording::Words;
use domain::invoice::{Invoice, InvoiceContent};
use domain::logo::Logo;

/// The thickness of lines.
const LINE: f32 = 0.6;

/// Returns the PDF of an invoice, with its XML if there is one.
pub(crate) fn written(invoice: &Invoice, logo: Option<&Logo>) -> Result<Vec<u8>, NoPdf> {
    let faces = Faces::read().ok_or_else(|| NoPdf("a font is damaged".to_owned()))?;
    let xml = standard::written(invoice, Syntax::Cii);
    let mut document = packet::document()?;
    let logo = logo.and_then(logo::placed);
    for page in paper::pages(invoice, logo.as_ref().map(|logo| logo.height), xml.as_ref().err(), &faces) {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or_else(|| NoPdf("the page has no size".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        surface.set_fill(Some(Fill { paint: luma::Color::black().into(), ..Fill::default() }));
        page.iter().for_each(|element| draw(&mut surface, element, &faces, logo.as_ref()));
        surface.finish();
        sheet.finish();
    }
    let issued_at = instant(invoice.created_at.to_chrono());
    let words = Words::new(invoice.content.language);
    let (named, InvoiceContent { seller, buyer, .. }) = (words.named(invoice), &invoice.content);
    let about = [("document", named.as_str()), ("seller", &seller.name), ("buyer", &buyer.name)];
    let metadata = Metadata::new()
        .title(named.clone())
        .authors(vec![invoice.content.seller.name.clone()])
        .description(words.with("head", "about", about))
        .creator("Sharefloor".to_owned())
        .language(invoice.content.language.to_string())
        .document_id(invoice.id.to_string())
        .creation_date(issued_at);
    document.set_metadata(metadata);
    let has_xml = xml.is_ok();
    if let Ok(xml) = xml {
        let file = EmbeddedFile {
            path: XML_NAME.to_owned(),
            mime_type: MimeType::new("text/xml"),
            description: Some(words.text("note", "xml")),
            association_kind: AssociationKind::Alternative,
            data: xml.into_bytes().into(),
            modification_date: Some(issued_at),
            compress: Some(true),
            location: None,
        };
        document.embed_file(file).ok_or_else(|| NoPdf("it has another XML already".to_owned()))?;
    }
    let pdf = document.finish().map_err(|error| NoPdf(error.to_string()))?;
    if has_xml { packet::with_factur_x(pdf) } else { Ok(pdf) }
}

fn instant(at: Instant<Utc>) -> DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
}

fn draw(surface: &mut Surface<'_>, element: &Element, faces: &Faces, logo: Option<&Placed>) {
    match element {
        Element::Text { x, y, style, text } => {
            let text = faces.known(text, *style);
            let glyphs = faces.glyphs(&text, *style);
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, faces.font(*style), &text, style.size, false);
        }
        Element::Logo { x, y } => {
            if let Some(logo) = logo
                && let Some(size) = Size::from_wh(logo.width, logo.height)
            {
                surface.push_transform(&Transform::from_translate(*x, *y));
                surface.draw_image(logo.image.clone(), size);
                surface.pop();
            }
        }
        Element::Rule { y } => fill(surface, [(LEFT, *y, RIGHT - LEFT, LINE)]),
        Element::Code { x, y, module, dark } => {
            let square =
                |(row, column): &(usize, usize)| (x + *column as f32 * module, y + *row as f32 * module, *module, *module);
            fill(surface, dark.iter().map(square));
        }
    }
}

/// Fills rectangles: the left upper corner, width and height of each.
fn fill(surface: &mut Surface<'_>, rectangles: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in rectangles {
        if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rectangle);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
