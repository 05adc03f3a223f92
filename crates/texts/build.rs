//! Collects the catalogues of texts: each folder of `locales` is a language, and each of its files is compiled in. So a language is
//! added by its texts alone.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("locales");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut list = String::from("&[\n");
    for language in sorted(&root)? {
        let name = language.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = sorted(&language)?;
        let texts: Vec<_> = files.iter().map(|file| format!("include_str!({:?})", file.display().to_string())).collect();
        list.push_str(&format!("({name:?}, &[{}]),\n", texts.join(", ")));
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("locales.rs"), list)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
