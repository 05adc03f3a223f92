//! The pictures of resources.

use super::ids::PictureId;
use super::limits;
use super::sha256::sha256;
use super::time::UtcTime;

/// The largest size of a file that is uploaded, in bytes.
pub const MOST_BYTES: usize = 10 << 20;

/// The least width and height of a file that is uploaded, in pixels.
pub const LEAST_SIDE: u32 = 16;

/// The largest number of pixels of a file that is uploaded: cameras make fewer, and a decoder needs up to 8 bytes for each.
pub const MOST_PIXELS: u64 = 24_000_000;

/// The largest number of pictures of a resource. The database refuses more.
pub const MOST_PICTURES: usize = 12;

/// The width and height in pixels, and the bytes, that a picture on the page of a resource has at most.
pub const PAGE: (u32, usize) = (1280, 1 << 20);

/// The width and height in pixels, and the bytes, that a picture in a list has at most.
pub const THUMBNAIL: (u32, usize) = (400, 128 << 10);

/// The media type in which pictures are stored.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// A stored file of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureSize {
    /// The SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
    /// Its width, in pixels.
    pub width: i32,
    /// Its height, in pixels.
    pub height: i32,
}

/// A picture of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its identifier.
    pub id: PictureId,
    /// Its place among the pictures of the resource, from 1 on.
    pub position: i32,
    /// A text in its place, for people who do not see it. Can be empty.
    pub description: String,
    /// The file for the page of the resource.
    pub page: PictureSize,
    /// The file for lists.
    pub thumbnail: PictureSize,
    /// When it was added.
    pub created_at: UtcTime,
    /// Incremented by each edit.
    pub revision: i64,
}

/// A file of a picture with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFile {
    /// Its hash and size.
    pub size: PictureSize,
    /// The JPEG.
    pub content: Vec<u8>,
}

impl PictureFile {
    /// Returns a file with its hash.
    pub fn new((width, height): (i32, i32), content: Vec<u8>) -> Self {
        Self { size: PictureSize { sha256: sha256(&content), width, height }, content }
    }
}

/// Both files of a new picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPicture {
    /// For the page of the resource.
    pub page: PictureFile,
    /// For lists.
    pub thumbnail: PictureFile,
}

/// The fields of a picture that the host edits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "The laser cutter with its lid open", "position": 1}))]
pub struct PictureFields {
    /// A text in place of the picture, for people who do not see it. Default: empty; pages then show the name of the resource.
    #[schema(value_type = limits::PictureDescription)]
    pub description: String,
    /// The place among the pictures of the resource. The first one is in lists. The others move up or down. Behind the last place: the last one.
    #[schema(value_type = limits::PicturePosition)]
    pub position: i32,
}

/// Puts the picture at `from` to the place `to`, which are counted from 1, and returns the new order.
#[must_use]
pub fn moved<T>(mut all: Vec<T>, from: i32, to: i32) -> Vec<T> {
    let index = |position: i32| usize::try_from(position - 1).unwrap_or(0);
    if index(from) < all.len() {
        let one = all.remove(index(from));
        all.insert(index(to).min(all.len()), one);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn a_picture_moves_and_the_others_make_place() {
        for (from, to, order) in [(1, 3, "bca"), (3, 1, "cab"), (2, 2, "abc"), (1, 12, "bca"), (9, 1, "abc")] {
            assert_eq!(moved(vec!["a", "b", "c"], from, to).concat(), order, "{from} to {to}");
        }
    }
}
