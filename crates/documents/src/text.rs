//! Lines of text: as much of it as fits in a width.

/// The width of texts in the fonts of a document.
pub(crate) trait Measure {
    /// Returns the width of a text in points.
    fn width(&self, text: &str, style: Style) -> f32;
}

/// The size of a text in points, and whether it is bold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) is_bold: bool,
}

impl Style {
    pub(crate) const fn plain(size: f32) -> Self {
        Self { size, is_bold: false }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { size, is_bold: true }
    }

    /// The distance between the lines of such a text.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.35
    }
}

/// Divides a text into lines that fit in a width, between its words; a word that is too long is divided between its characters. Each line
/// has one character at least.
pub(crate) fn wrapped(text: &str, width: f32, style: Style, measure: &dyn Measure) -> Vec<String> {
    text.lines().flat_map(|paragraph| wrapped_paragraph(paragraph, width, style, measure)).collect()
}

fn wrapped_paragraph(text: &str, width: f32, style: Style, measure: &dyn Measure) -> Vec<String> {
    let fits = |text: &str| measure.width(text, style) <= width;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if !fits(&line) && line.chars().nth(1).is_some() {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A font whose characters all have half the width of their size.
    pub(crate) struct Typewriter;

    impl Measure for Typewriter {
        fn width(&self, text: &str, style: Style) -> f32 {
            text.chars().count() as f32 * style.size / 2.0
        }
    }

    fn lines(text: &str, characters: u8) -> Vec<String> {
        wrapped(text, f32::from(characters), Style::plain(2.0), &Typewriter)
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("one two three", 6), ["one", "two", "three"]);
        assert_eq!(lines("one two three", 13), ["one two three"]);
        assert_eq!(lines("  one \n\n two\tthree ", 20), ["one", "two three"]);
        assert!(lines(" \n ", 5).is_empty());
    }

    #[test]
    fn a_word_that_is_longer_than_a_line_is_divided() {
        assert_eq!(lines("a wörterbuch b", 4), ["a", "wört", "erbu", "ch b"]);
        assert_eq!(lines("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn no_character_is_lost_and_no_line_is_too_long() {
        let text = "Lathe with a long name, Werkstraße 4, Żółć Donaudampfschifffahrtsgesellschaftskapitän 2026";
        for width in 1..40 {
            let found = lines(text, width);
            assert!(found.iter().all(|line| line.chars().count() <= usize::from(width)), "{found:?}");
            let all: String = found.concat().split_whitespace().collect();
            assert_eq!(all, text.split_whitespace().collect::<String>());
        }
    }
}
