//! The messages that people get, read as their programs read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};

use super::itip::{self, Object};
use super::server::Server;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    /// The address that an answer goes to; empty if that is the sender.
    pub(crate) reply_to: String,
    pub(crate) text: String,
    /// The calendar entries, one after the other; empty where there is none.
    pub(crate) calendar: String,
    /// The same, each read by the rules of calendar programs.
    pub(crate) objects: Vec<Object>,
    /// The attached PDFs, each with its name.
    pub(crate) pdfs: Vec<(String, Vec<u8>)>,
}

impl Mail {
    /// Reads a message as it is sent.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).expect("it is a message");
        let calendars: Vec<_> = message.parts.iter().filter_map(calendar).collect();
        Self {
            id: message.message_id().expect("it has an identifier").to_owned(),
            to: message.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("it is to somebody").to_owned(),
            reply_to: message.reply_to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned(),
            subject: message.subject().expect("it has a subject").to_owned(),
            text: message.body_text(0).expect("it has a text").replace("\r\n", "\n"),
            calendar: calendars.iter().map(|(_, text)| text.replace("\r\n", "\n")).collect(),
            pdfs: message.parts.iter().filter_map(pdf).collect(),
            objects: calendars.iter().map(|(method, text)| itip::read(method, text)).collect(),
        }
    }

    /// The messages in a directory, the oldest first.
    pub(crate) fn read_all(directory: &Path) -> Vec<Self> {
        files(directory).iter().map(|file| Self::read(&fs::read(file).expect("it can be read"))).collect()
    }

    /// The token that it shows on a line of its own.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        let after = |line: &&str| line.starts_with("Or enter this code");
        let lines: Vec<&str> = self.text.lines().skip_while(|line| !after(line)).collect();
        lines.get(1).unwrap_or_else(|| panic!("no token in {self:?}")).to_string()
    }
}

/// The name and the content of a part that is a PDF.
fn pdf(part: &MessagePart<'_>) -> Option<(String, Vec<u8>)> {
    part.content_type().filter(|kind| kind.subtype() == Some("pdf"))?;
    Some((part.attachment_name().expect("it has a name").to_owned(), part.contents().to_vec()))
}

/// The method and the text of a part that is a calendar object.
fn calendar(part: &MessagePart<'_>) -> Option<(String, String)> {
    let kind = part.content_type().filter(|kind| kind.subtype() == Some("calendar"))?;
    let text = String::from_utf8(part.contents().to_vec()).expect("calendars are UTF-8");
    Some((kind.attribute("method").expect("it has a method").to_owned(), text))
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory).expect("the directory exists").map(|file| file.expect("it has a name").path());
    let mut whole: Vec<_> = files.filter(|file| file.extension().is_some_and(|extension| extension == "eml")).collect();
    whole.sort();
    whole
}

impl Server {
    /// The token in a message to an address with a link to `page`, as soon as there is one. The message is thrown away.
    pub(crate) async fn take_token(&self, to: &str, page: &str) -> String {
        let link = format!("/{page}?token=");
        for _ in 0..1000 {
            for file in files(&self.mail_dir()) {
                let mail = Mail::read(&fs::read(&file).expect("it can be read"));
                // A message that is not noted as sent yet is written again when the test moves the clock.
                let is_noted = || self.select("SELECT id AS value FROM mails WHERE status = 'queued'").is_empty();
                if mail.to == to && mail.text.contains(&link) && is_noted() {
                    fs::remove_file(&file).expect("it can be thrown away");
                    let token = mail.text.split(&link).nth(1).and_then(|rest| rest.split_whitespace().next());
                    return token.expect("the link has a token").to_owned();
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{to} did not get a message with a link to {page}");
    }

    /// The messages to an address, the oldest first, as soon as there are `count`.
    pub(crate) async fn mails(&self, to: &str, count: usize) -> Vec<Mail> {
        self.mails_like(to, count, |_| true).await
    }

    /// The messages to an address that have a PDF, the oldest first, as soon as there are `count`.
    pub(crate) async fn documents(&self, to: &str, count: usize) -> Vec<Mail> {
        self.mails_like(to, count, |mail| !mail.pdfs.is_empty()).await
    }

    async fn mails_like(&self, to: &str, count: usize, is_like: impl Fn(&Mail) -> bool) -> Vec<Mail> {
        let mut all = Vec::new();
        for _ in 0..500 {
            all = Mail::read_all(&self.mail_dir());
            let theirs: Vec<_> = all.iter().filter(|mail| mail.to == to && is_like(mail)).cloned().collect();
            if theirs.len() >= count {
                return theirs;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{to} did not get {count} messages; there are {all:?}");
    }
}
