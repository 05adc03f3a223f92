//! Pages: texts, lines and codes at their places, from the top down, on as many pages as they need.

use super::text::{Measure, Style, wrapped};

/// The width of a page: A4, in points.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
/// The height of a page.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
/// The left edge of the text.
pub(crate) const LEFT: f32 = 56.0;
/// The right edge of the text.
pub(crate) const RIGHT: f32 = PAGE_WIDTH - 56.0;
/// Where the text of a page begins.
pub(crate) const TOP: f32 = 56.0;
/// Where the text of a page ends at the latest.
pub(crate) const BOTTOM: f32 = PAGE_HEIGHT - 70.0;
/// The line of the number of the page.
const FOOT: f32 = PAGE_HEIGHT - 40.0;
const FOOT_STYLE: Style = Style::plain(8.0);

/// An element of a page, at its place from the left upper corner.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Element {
    /// A text, whose base line is at `y`.
    Text { x: f32, y: f32, style: Style, text: String },
    /// The logo, whose left upper corner this is.
    Logo { x: f32, y: f32 },
    /// A line from `LEFT` to `RIGHT`.
    Rule { y: f32 },
    /// A two-dimensional code: the dark modules of a square, by row and column.
    Code { x: f32, y: f32, module: f32, dark: Vec<(usize, usize)> },
}

/// The edge of a column at which its texts stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Edge {
    /// They begin here.
    Left(f32),
    /// They end here.
    Right(f32),
}

/// A cell of a row: its edge, its width, its style and its text.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) edge: Edge,
    pub(crate) width: f32,
    pub(crate) style: Style,
    pub(crate) text: String,
}

/// Writes from the top down, and begins a new page where one is full.
pub(crate) struct Pen<'a> {
    measure: &'a dyn Measure,
    /// The name of the document, at the top of each further page.
    name: String,
    /// The head of the table that is being written: each further page begins with it. Empty outside of a table.
    head: Vec<Cell>,
    done: Vec<Vec<Element>>,
    page: Vec<Element>,
    /// The upper edge of what is written next.
    pub(crate) y: f32,
}

impl<'a> Pen<'a> {
    pub(crate) const fn new(measure: &'a dyn Measure, name: String) -> Self {
        Self { measure, name, head: Vec::new(), done: Vec::new(), page: Vec::new(), y: TOP }
    }

    /// Leaves out some space.
    pub(crate) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Makes sure that so much fits on the page, or begins the next one.
    pub(crate) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.done.push(std::mem::take(&mut self.page));
            self.y = TOP;
            let name = std::mem::take(&mut self.name);
            self.write(Edge::Left(LEFT), FOOT_STYLE, &name);
            self.name = name;
            self.y += 2.0 * FOOT_STYLE.leading();
            if !self.head.is_empty() {
                let head = std::mem::take(&mut self.head);
                self.write_head(&head);
                self.head = head;
            }
        }
    }

    /// Writes a text in one line, without moving on.
    fn write(&mut self, edge: Edge, style: Style, text: &str) {
        let x = match edge {
            Edge::Left(x) => x,
            Edge::Right(x) => x - self.measure.width(text, style),
        };
        self.page.push(Element::Text { x, y: self.y + style.size, style, text: text.to_owned() });
    }

    /// Writes a text in as many lines as it needs. It can go on on the next page.
    pub(crate) fn paragraph(&mut self, (x, width): (f32, f32), style: Style, text: &str) {
        for line in wrapped(text, width, style, self.measure) {
            self.need(style.leading());
            self.write(Edge::Left(x), style, &line);
            self.y += style.leading();
        }
    }

    /// Writes cells beside each other. They stay on one page, unless they are longer than one.
    pub(crate) fn row(&mut self, cells: &[Cell]) {
        let wrap = |cell: &Cell| wrapped(&cell.text, cell.width, cell.style, self.measure);
        let lines: Vec<Vec<String>> = cells.iter().map(wrap).collect();
        let leading = cells.iter().map(|cell| cell.style.leading()).fold(0.0, f32::max);
        let count = lines.iter().map(Vec::len).max().unwrap_or_default();
        let height = count as f32 * leading;
        if height <= BOTTOM - TOP {
            self.need(height);
        }
        for number in 0..count {
            self.need(leading);
            for (cell, lines) in cells.iter().zip(&lines) {
                if let Some(line) = lines.get(number) {
                    self.write(cell.edge, cell.style, line);
                }
            }
            self.y += leading;
        }
    }

    /// Draws a line across the page.
    pub(crate) fn rule(&mut self) {
        self.y += 3.0;
        self.page.push(Element::Rule { y: self.y });
        self.y += 3.0;
    }

    /// Begins a table, whose head each further page repeats.
    pub(crate) fn begin_table(&mut self, head: Vec<Cell>) {
        self.need(60.0);
        self.write_head(&head);
        self.head = head;
    }

    fn write_head(&mut self, head: &[Cell]) {
        self.row(head);
        self.rule();
    }

    /// Ends the table.
    pub(crate) fn end_table(&mut self) {
        self.head = Vec::new();
        self.rule();
    }

    /// Draws the logo of this height at the left edge.
    pub(crate) fn logo(&mut self, height: f32) {
        self.page.push(Element::Logo { x: LEFT, y: self.y });
        self.y += height;
    }

    /// Draws a code, without moving on.
    pub(crate) fn code(&mut self, x: f32, module: f32, dark: Vec<(usize, usize)>) {
        self.page.push(Element::Code { x, y: self.y, module, dark });
    }

    /// Returns the pages, each with its number and the number of all pages as `numbered` writes them.
    pub(crate) fn finish(mut self, numbered: impl Fn(usize, usize) -> String) -> Vec<Vec<Element>> {
        self.done.push(std::mem::take(&mut self.page));
        let mut pages = std::mem::take(&mut self.done);
        let count = pages.len();
        for (page, number) in pages.iter_mut().zip(1..) {
            let text = numbered(number, count);
            let x = RIGHT - self.measure.width(&text, FOOT_STYLE);
            page.push(Element::Text { x, y: FOOT, style: FOOT_STYLE, text });
        }
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tests::Typewriter;

    const STYLE: Style = Style::plain(10.0);

    fn numbered(number: usize, count: usize) -> String {
        format!("Page {number} of {count}")
    }

    fn cell(edge: Edge, text: &str) -> Cell {
        Cell { edge, width: 100.0, style: STYLE, text: text.to_owned() }
    }

    fn texts(page: &[Element]) -> Vec<&str> {
        page.iter()
            .filter_map(|element| if let Element::Text { text, .. } = element { Some(text.as_str()) } else { None })
            .collect()
    }

    #[test]
    fn amounts_end_at_the_right_edge() {
        let mut pen = Pen::new(&Typewriter, "Invoice 1".to_owned());
        pen.row(&[cell(Edge::Left(LEFT), "Lathe"), cell(Edge::Right(RIGHT), "1.00")]);
        pen.row(&[cell(Edge::Right(RIGHT), "1000.00")]);
        let pages = pen.finish(numbered);
        let right = |wanted: &str| {
            let found = pages[0].iter().find_map(|element| match element {
                Element::Text { x, y, text, .. } if text == wanted => Some((x + Typewriter.width(text, STYLE), *y)),
                _ => None,
            });
            found.unwrap()
        };
        assert_eq!((right("1.00").0, right("1000.00").0), (RIGHT, RIGHT));
        assert_eq!(right("Lathe").1, right("1.00").1, "cells of a row are on one line");
    }

    #[test]
    fn a_table_goes_on_on_the_next_page_below_its_head() {
        let mut pen = Pen::new(&Typewriter, "Invoice 1".to_owned());
        pen.begin_table(vec![cell(Edge::Left(LEFT), "Head")]);
        for number in 0..120 {
            pen.row(&[cell(Edge::Left(LEFT), &format!("row{number}"))]);
        }
        pen.end_table();
        let pages = pen.finish(numbered);
        assert_eq!(pages.len(), 3);
        for (page, number) in pages.iter().zip(1..) {
            let found = texts(page);
            let begin = if number == 1 { vec!["Head"] } else { vec!["Invoice 1", "Head"] };
            assert_eq!(found[..begin.len()], begin);
            assert_eq!(found.last(), Some(&format!("Page {number} of 3").as_str()));
        }
        let rows: Vec<&str> = pages.iter().flat_map(|page| texts(page)).filter(|text| text.starts_with("row")).collect();
        assert_eq!(rows, (0..120).map(|number| format!("row{number}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_row_stays_on_one_page_and_nothing_is_below_its_end() {
        let long = "word ".repeat(60);
        let mut pen = Pen::new(&Typewriter, "Invoice 1".to_owned());
        for number in 0..40 {
            pen.row(&[cell(Edge::Left(LEFT), &long), cell(Edge::Right(RIGHT), &format!("row{number}"))]);
        }
        let pages = pen.finish(numbered);
        for page in &pages {
            assert!(page.iter().all(|element| !matches!(element, Element::Text { y, .. } if *y > FOOT)));
            let (words, rows) = (texts(page).iter().filter(|text| text.starts_with("word")).count(), texts(page));
            assert_eq!(words, 15 * rows.iter().filter(|text| text.starts_with("row")).count());
        }
        let mut endless = Pen::new(&Typewriter, "Invoice 1".to_owned());
        endless.row(&[cell(Edge::Left(LEFT), &"word ".repeat(1000))]);
        assert!(endless.finish(numbered).len() > 1, "a row that is longer than a page is divided");
    }

    #[test]
    fn a_paragraph_is_divided_between_its_lines() {
        let mut pen = Pen::new(&Typewriter, "Invoice 1".to_owned());
        pen.paragraph((LEFT, 50.0), STYLE, &"ten words. ".repeat(100));
        let pages = pen.finish(numbered);
        assert_eq!(pages.len(), 2);
        assert_eq!(pages.iter().flat_map(|page| texts(page)).filter(|text| *text == "ten words.").count(), 100);
    }
}
