//! Messages as files, for development and demonstrations.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Writes a message into a directory, where it appears whole or not at all. (The disk is not waited
/// for: a loss of power may take the last ones.)
pub(super) async fn write(directory: &Path, name: &str, message: Vec<u8>) -> io::Result<()> {
    let (whole, partial): (PathBuf, _) = (directory.join(format!("{name}.eml")), directory.join(format!(".{name}.part")));
    let write = move || {
        fs::write(&partial, message)?;
        fs::rename(&partial, &whole)
    };
    tokio::task::spawn_blocking(write).await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
}
