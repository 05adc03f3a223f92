//! The fonts of documents: the glyphs of texts, and their widths.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _, charmap::Charmap};

use super::text::{Measure, Style};

const REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed-Bold.ttf");

/// The character that stands for those that the fonts do not have.
const UNKNOWN: char = '?';

/// A font.
struct Face {
    font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let found = FontRef::new(bytes).ok()?;
        let location = LocationRef::default();
        let units = f32::from(found.metrics(Size::unscaled(), location).units_per_em);
        let font = Font::new(bytes.into(), 0)?;
        Some(Self { font, characters: found.charmap(), metrics: found.glyph_metrics(Size::unscaled(), location), units })
    }

    /// The glyph of a character and its width, as a part of the size of the font.
    fn glyph(&self, c: char) -> (u32, f32) {
        let glyph = self.characters.map(c).or_else(|| self.characters.map(UNKNOWN)).unwrap_or_default();
        (glyph.to_u32(), self.metrics.advance_width(glyph).unwrap_or_default() / self.units)
    }

    fn has(&self, c: char) -> bool {
        self.characters.map(c).is_some()
    }
}

/// The fonts of a document.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    /// Reads the fonts. None if one is damaged.
    pub(crate) fn read() -> Option<Self> {
        Some(Self { regular: Face::read(REGULAR)?, bold: Face::read(BOLD)? })
    }

    const fn face(&self, style: Style) -> &Face {
        if style.is_bold { &self.bold } else { &self.regular }
    }

    /// The font of a style.
    pub(crate) fn font(&self, style: Style) -> Font {
        self.face(style).font.clone()
    }

    /// The text as it is written: characters that the font does not have are question marks.
    pub(crate) fn known(&self, text: &str, style: Style) -> String {
        let face = self.face(style);
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).map(|c| if face.has(c) { c } else { UNKNOWN }).collect()
    }

    /// The glyphs of a text.
    pub(crate) fn glyphs(&self, text: &str, style: Style) -> Vec<KrillaGlyph> {
        let face = self.face(style);
        let glyph = |(at, c): (usize, char)| {
            let (glyph, advance) = face.glyph(c);
            KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }
}

impl Measure for Faces {
    fn width(&self, text: &str, style: Style) -> f32 {
        let face = self.face(style);
        text.chars().map(|c| face.glyph(c).1).sum::<f32>() * style.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_have_the_letters_of_europe() {
        let faces = Faces::read().unwrap();
        for style in [Style::plain(9.0), Style::bold(9.0)] {
            let text = "Łódź, Ångström, Ðjúpivogur, Αθήνα, София, Київ, Čačak, Ñ ß ẞ ı ğ ő ș ț ŵ – „“ € £ × § ’ …";
            assert_eq!(faces.known(text, style), text);
            assert_eq!(faces.known("東京\nשלום", style), "?? ????");
            assert!(faces.width("W", style) > faces.width("i", style) && faces.width("i", style) > 0.0);
            assert_eq!(faces.width("00", style), faces.width("98", style), "digits stand below each other");
        }
    }
}
