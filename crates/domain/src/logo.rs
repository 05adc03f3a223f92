//! The logos of organizations, which are on their invoices.

use super::sha256::sha256;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// The largest size of a logo, in bytes.
pub const MOST_BYTES: usize = 256 << 10;

/// The largest width and height of a logo, in pixels: a printed one is some centimetres wide.
pub const MOST_PIXELS: u32 = 1_000;

text_enum! {
    /// The media type of a picture.
    pub enum PictureType {
        /// PNG.
        Png = "image/png",
        /// JPEG.
        Jpeg = "image/jpeg",
    }
}

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
    /// Its media type.
    pub media_type: PictureType,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
    /// The file.
    pub content: Vec<u8>,
    /// When it was set.
    pub created_at: UtcTime,
}

impl Logo {
    /// Returns a logo with its hash.
    pub fn new(media_type: PictureType, (width, height): (u32, u32), content: Vec<u8>, now: UtcTime) -> Self {
        let sha256 = sha256(&content);
        Self { sha256, media_type, width, height, content, created_at: now }
    }
}
