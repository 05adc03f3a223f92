//! The logo of a host, on its invoices.

use krilla::geom::Size;
use krilla::image::Image;
use krilla::page::PageSettings;

use super::packet;
use domain::logo::{Logo, MOST_PIXELS, PictureType};
use domain::said::{said, says};
use domain::time::UtcTime;

/// The largest width and height of a logo on a page, in points.
const BOX: (f32, f32) = (170.0, 56.0);

/// The reason why a file cannot be a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidLogo {
    /// It is no picture in one of the formats.
    Format,
    /// It has too many pixels.
    Pixels(u32, u32),
    /// It is broken.
    Broken(String),
}

says!(InvalidLogo: |error| match error {
    InvalidLogo::Format => said!("The file is neither PNG nor JPEG."),
    InvalidLogo::Pixels(width, height) => {
        said!("The picture has {width} × {height} pixels; the limit is {most} × {most}.", width, height, most = MOST_PIXELS)
    }
    InvalidLogo::Broken(why) => said!("The picture is broken: {why}.", why),
});

/// Reads a logo, and proves that it can be on an invoice.
///
/// # Errors
/// The reason why it cannot.
pub fn read_logo(content: Vec<u8>, now: UtcTime) -> Result<Logo, InvalidLogo> {
    let media_type = match content.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => PictureType::Png,
        [0xff, 0xd8, 0xff, ..] => PictureType::Jpeg,
        _ => return Err(InvalidLogo::Format),
    };
    let image = image(media_type, &content).map_err(InvalidLogo::Broken)?;
    // The header alone has been read: nothing is decoded that has more pixels.
    let (width, height) = image.size();
    if width == 0 || height == 0 || width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(InvalidLogo::Pixels(width, height));
    }
    draws(image).map_err(InvalidLogo::Broken)?;
    Ok(Logo::new(media_type, (width, height), content, now))
}

fn image(media_type: PictureType, content: &[u8]) -> Result<Image, String> {
    let data = content.to_vec().into();
    match media_type {
        // PDF/A allows no interpolation.
        PictureType::Png => Image::from_png(data, false),
        PictureType::Jpeg => Image::from_jpeg(data, false),
    }
}

/// Draws a picture on a page that is thrown away.
fn draws(image: Image) -> Result<(), String> {
    let none = || "it cannot be drawn".to_owned();
    let mut document = packet::document().map_err(|error| error.to_string())?;
    let mut page = document.start_page_with(PageSettings::from_wh(BOX.0, BOX.1).ok_or_else(none)?);
    let mut surface = page.surface();
    surface.draw_image(image, Size::from_wh(BOX.0, BOX.1).ok_or_else(none)?);
    surface.finish();
    page.finish();
    document.finish().map(drop).map_err(|error| format!("{error:?}"))
}

/// A logo with the size that it has on a page, in points.
pub(crate) struct Placed {
    pub(crate) image: Image,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// Returns a logo as large as its place allows, at most a point for each pixel. None if it is damaged: the invoice comes without it.
pub(crate) fn placed(logo: &Logo) -> Option<Placed> {
    let image = image(logo.media_type, &logo.content).ok()?;
    let (width, height) = (logo.width as f32, logo.height as f32);
    let scale = (BOX.0 / width).min(BOX.1 / height).min(1.0);
    Some(Placed { image, width: width * scale, height: height * scale })
}
