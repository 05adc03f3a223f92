//! Pictures that people upload: decoded, turned as the camera was held, made small, and encoded again. So nothing of the file remains but
//! what can be seen: no place, no camera, no hidden second file.

use std::io::Cursor;

use domain::picture::{LEAST_SIDE, MOST_PIXELS, NewPicture, PAGE, PictureFile, THUMBNAIL};
use domain::said::{said, says};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};

/// The memory that a decoder may use, in bytes: enough for the largest picture with 8 bits for each of 4 colours.
const MEMORY: u64 = MOST_PIXELS * 4 + (16 << 20);

/// The qualities in which a file is encoded until it is small enough. Only noise needs another one than the first.
const QUALITIES: [u8; 4] = [82, 65, 45, 20];

/// The reason why a file cannot be a picture of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidPicture {
    /// It is no picture in one of the formats.
    Format,
    /// It has too few pixels.
    Small(u32, u32),
    /// It has too many pixels.
    Large(u32, u32),
    /// It is broken.
    Broken(String),
}

says!(InvalidPicture: |error| match error {
    InvalidPicture::Format => said!("The file is not a PNG, JPEG or WebP."),
    InvalidPicture::Small(width, height) => {
        said!("The picture has {width} × {height} pixels; it needs at least {least} × {least}.", width, height, least = LEAST_SIDE)
    }
    InvalidPicture::Large(width, height) => said!(
        "The picture has {width} × {height} pixels; the limit is {most} in all. Make it smaller and send it again.",
        width,
        height,
        most = MOST_PIXELS
    ),
    InvalidPicture::Broken(why) => said!("The picture is broken or cut off: {why}.", why),
});

/// Returns both files of a picture. The number of pixels is read from the header, and judged before anything is decoded.
///
/// # Errors
/// The reason why it cannot be used.
pub fn prepare(file: &[u8]) -> Result<NewPicture, InvalidPicture> {
    let (picture, orientation) = decode(file)?;
    Ok(NewPicture { page: shrunk(&picture, orientation, PAGE)?, thumbnail: shrunk(&picture, orientation, THUMBNAIL)? })
}

fn broken(error: impl std::fmt::Display) -> InvalidPicture {
    InvalidPicture::Broken(error.to_string())
}

fn decode(file: &[u8]) -> Result<(DynamicImage, Orientation), InvalidPicture> {
    let format = match file {
        [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
        [0xff, 0xd8, 0xff, ..] => ImageFormat::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::WebP,
        _ => return Err(InvalidPicture::Format),
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MEMORY {
        return Err(InvalidPicture::Large(width, height));
    }
    if width < LEAST_SIDE || height < LEAST_SIDE {
        return Err(InvalidPicture::Small(width, height));
    }
    if format == ImageFormat::Jpeg && !has_end(file) {
        return Err(broken("its end is missing"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(broken)?, orientation))
}

/// Returns whether a JPEG has its end. The decoder fills in what is missing.
fn has_end(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker, rest @ ..]) = jpeg.get(at..) {
        match (marker, rest) {
            (0xff, _) => at += 1,
            // The picture itself: here, the byte 0xff is followed by zero or belongs to a marker.
            (0xda, _) => return rest.windows(2).any(|pair| pair == [0xff, 0xd9]),
            (_, [high, low, ..]) => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => break,
        }
    }
    false
}

/// Returns a picture that is at most as large, turned as the camera was held.
fn shrunk(
    picture: &DynamicImage,
    orientation: Orientation,
    (most, most_bytes): (u32, usize),
) -> Result<PictureFile, InvalidPicture> {
    let is_larger = picture.width() > most || picture.height() > most;
    let mut small = if is_larger { picture.thumbnail(most, most) } else { picture.clone() };
    small.apply_orientation(orientation);
    let opaque = on_white(small);
    let size = [opaque.width(), opaque.height()].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    for quality in QUALITIES {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&opaque).map_err(broken)?;
        if jpeg.len() <= most_bytes {
            return Ok(PictureFile::new((size[0], size[1]), jpeg));
        }
    }
    Err(broken("it cannot be made small enough"))
}

/// Returns the picture on a white ground, for a JPEG has no transparent parts.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut opaque = RgbImage::new(picture.width(), picture.height());
    for (to, from) in opaque.pixels_mut().zip(picture.pixels()) {
        let [colours @ .., alpha] = from.0.map(u16::from);
        to.0 = colours.map(|colour| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX));
    }
    opaque
}

#[cfg(test)]
mod tests;
