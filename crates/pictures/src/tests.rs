use image::{ImageEncoder as _, Rgb, Rgba, RgbaImage};

use super::*;

/// A picture that is red on the left and blue on the right.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) })
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn stored(file: &PictureFile) -> RgbImage {
    image::load_from_memory_with_format(&file.content, ImageFormat::Jpeg).unwrap().into_rgb8()
}

fn is_near(pixel: Rgb<u8>, expected: [u8; 3]) -> bool {
    pixel.0.iter().zip(expected).all(|(one, other)| one.abs_diff(other) < 24)
}

/// A JPEG with metadata: how the camera was held, and a place.
fn with_metadata(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 51.5155 -0.0922");
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new(&mut file);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(picture).unwrap();
    file
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn each_format_becomes_two_small_pictures() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let new = prepare(&written(&two_halves(1400, 700).into(), format)).unwrap();
        assert_eq!((new.page.size.width, new.page.size.height), (1280, 640));
        assert_eq!((new.thumbnail.size.width, new.thumbnail.size.height), (400, 200));
        assert_eq!(stored(&new.page).dimensions(), (1280, 640));
        let small = stored(&new.thumbnail);
        assert!(is_near(*small.get_pixel(20, 100), [255, 0, 0]) && is_near(*small.get_pixel(380, 100), [0, 0, 255]));
    }
    let tiny = prepare(&written(&two_halves(64, 16).into(), ImageFormat::Png)).unwrap();
    assert_eq!((tiny.page.size.width, tiny.thumbnail.size.height), (64, 16), "nothing is made larger");
}

#[test]
fn metadata_goes_and_the_picture_is_turned_as_the_camera_was_held() {
    let file = with_metadata(&two_halves(64, 32), 6);
    assert!(contains(&file, b"GPS 51.5155"));
    let new = prepare(&file).unwrap();
    assert_eq!((new.page.size.width, new.page.size.height), (32, 64));
    // Turned to the right, the left half is above.
    assert!(is_near(*stored(&new.page).get_pixel(16, 8), [255, 0, 0]));
    assert!(is_near(*stored(&new.page).get_pixel(16, 56), [0, 0, 255]));
    for file in [&new.page.content, &new.thumbnail.content] {
        assert!(!contains(file, b"GPS") && !contains(file, b"Exif"));
    }
}

#[test]
fn transparent_parts_become_white() {
    let clear = RgbaImage::from_fn(32, 32, |x, _| Rgba([0, 0, 0, if x < 16 { 0 } else { 255 }]));
    let new = prepare(&written(&clear.into(), ImageFormat::Png)).unwrap();
    let page = stored(&new.page);
    assert!(is_near(*page.get_pixel(4, 4), [255, 255, 255]) && is_near(*page.get_pixel(28, 4), [0, 0, 0]));
}

/// A PNG whose header says this size, and which has nothing else to decode.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    image::codecs::png::PngEncoder::new(&mut file).write_image(&[0; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let sum = crc(&header);
    file.splice(12..29, header);
    file.splice(29..33, sum.to_be_bytes());
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum: u32, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn a_picture_with_too_many_pixels_is_refused_by_its_header() {
    assert_eq!(prepare(&png_header(100_000, 100_000)), Err(InvalidPicture::Large(100_000, 100_000)));
    assert_eq!(prepare(&png_header(6_000, 4_001)), Err(InvalidPicture::Large(6_000, 4_001)));
    assert_eq!(prepare(&png_header(1, 1)), Err(InvalidPicture::Small(1, 1)));
    assert_eq!(prepare(&png_header(24_000_000, 1)), Err(InvalidPicture::Small(24_000_000, 1)));
    // The size is accepted, and then the pixels are missing.
    assert!(matches!(prepare(&png_header(6_000, 4_000)), Err(InvalidPicture::Broken(_))));
}

#[test]
fn a_file_that_is_no_whole_picture_is_refused() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for file in [&b""[..], b"a text", svg, b"GIF89a\x10\0\x10\0\0\0\0;", b"BM", b"\x89PNG\r\n\x1a\n"] {
        assert!(prepare(file).is_err(), "{file:?}");
    }
    assert_eq!(prepare(svg), Err(InvalidPicture::Format));
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = written(&noise(64).into(), format);
        for length in [whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
            assert!(prepare(&whole[..length]).is_err(), "{format:?} of {length} bytes");
        }
    }
    // The end of the small picture in the metadata is not the end of the picture.
    let mut metadata = vec![0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0];
    metadata.extend(&written(&noise(64).into(), ImageFormat::Jpeg)[2..]);
    assert!(prepare(&metadata).is_ok());
    metadata.truncate(metadata.len() / 2);
    assert!(prepare(&metadata).is_err());
}

#[test]
fn a_file_that_is_also_another_file_becomes_a_picture_alone() {
    let mut file = written(&two_halves(32, 32).into(), ImageFormat::Png);
    file.extend(b"<script>alert(1)</script>PK\x03\x04");
    let new = prepare(&file).unwrap();
    assert!(!contains(&new.page.content, b"script") && new.page.content.starts_with(&[0xff, 0xd8]));
}

/// A picture that no encoder makes small.
fn noise(side: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(side, side, |_, _| {
        Rgb([(); 3].map(|()| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }))
    })
}

#[test]
fn each_file_has_its_limit_also_if_the_picture_is_noise() {
    let new = prepare(&written(&noise(1280).into(), ImageFormat::Png)).unwrap();
    assert!(new.page.content.len() <= PAGE.1 && new.thumbnail.content.len() <= THUMBNAIL.1);
}
