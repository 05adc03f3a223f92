//! QR codes as pictures.

use qrcodegen::{QrCode, QrCodeEcc};

/// The modules that stay empty around a code (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A QR code: the dark modules as the path of an SVG picture, and the length of a side in modules, with the quiet zone.
pub(super) struct Picture {
    pub(super) path: String,
    pub(super) side: i32,
}

/// Returns the code of a text; none for a text that is too long.
pub(super) fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark: Vec<_> = modules.filter(|(x, y)| code.get_module(*x, *y)).collect();
    let squares = dark.iter().map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
    Some(Picture { path: squares.collect::<Vec<_>>().concat(), side: code.size() + 2 * QUIET })
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_code_has_its_three_finders_within_the_quiet_zone() {
        let code = picture("otpauth://totp/Sharefloor:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Sharefloor").unwrap();
        let last = code.side - 1;
        let is_dark = |x: i32, y: i32| code.path.contains(&format!("M{x} {y}h1v1h-1z"));
        for (x, y) in [(4, 4), (last - 4, 4), (4, last - 4)] {
            assert!(is_dark(x, y), "{x} {y}");
        }
        assert!(!is_dark(last - 4, last - 3) && !is_dark(3, 3) && !is_dark(4, 3));
        assert!(picture(&"x".repeat(5000)).is_none());
    }
}
