//! The text that a page of the account shows after a change.

use serde::Deserialize;

use texts::catalogue::Texts;

/// The change that was made before the page is shown, as the name of its text.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Done {
    pub(super) done: String,
}

impl Done {
    /// Returns the text; empty if nothing was done.
    pub(super) fn text(&self, texts: &Texts) -> String {
        texts.attribute_text("web-me-done", &self.done)
    }
}
