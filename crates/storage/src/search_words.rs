//! The words that a typing error in a search may have meant.

use std::collections::BTreeSet;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::search_trigrams;
use domain::words;

/// How many words, those with the most trigrams in common, are compared with a word that was typed.
const MOST_COMPARED: i64 = 200;

diesel::define_sql_function! {
    /// The number of letters of a text.
    fn length(text: Text) -> diesel::sql_types::Integer;
}

#[derive(Insertable)]
#[diesel(table_name = search_trigrams)]
struct Row<'a> {
    trigram: String,
    word: &'a str,
}

/// How many words are looked up with one query: no query has too many values.
const AT_ONCE: usize = 500;

/// Adds those of these words that are new.
///
/// # Errors
/// When the database fails.
pub(super) fn insert(conn: &mut WriteConn, words: &BTreeSet<String>) -> Result<(), StorageError> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.chunks(AT_ONCE).try_for_each(|words| insert_some(conn, words))
}

fn insert_some(conn: &mut WriteConn, words: &[&str]) -> Result<(), StorageError> {
    // A known word has all of its trigrams: one of them is enough to find it by the key.
    let known = search_trigrams::table
        .filter(search_trigrams::trigram.eq_any(words.iter().filter_map(|word| words::trigrams(word).pop_first())))
        .filter(search_trigrams::word.eq_any(words.iter().copied()))
        .select(search_trigrams::word)
        .distinct();
    let known: BTreeSet<String> = known.load::<String>(conn.raw())?.into_iter().collect();
    // In one order, so that no two transactions wait for each other in a circle.
    for word in words.iter().filter(|word| !known.contains(**word)) {
        let rows: Vec<_> = words::trigrams(word).into_iter().map(|trigram| Row { trigram, word }).collect();
        match conn.raw().either() {
            EitherConn::Pg(conn) => {
                diesel::insert_into(search_trigrams::table).values(rows).on_conflict_do_nothing().execute(conn)?;
            }
            EitherConn::Sqlite(conn) => {
                diesel::insert_or_ignore_into(search_trigrams::table).values(rows).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// The words that somebody may have meant who typed this one.
///
/// # Errors
/// When the database fails.
pub fn list_meant(conn: &mut Conn, typed: &str) -> Result<Vec<String>, StorageError> {
    let letters = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let lengths = words::lengths(typed);
    let alike: Vec<String> = search_trigrams::table
        .filter(search_trigrams::trigram.eq_any(words::trigrams(typed)))
        .filter(length(search_trigrams::word).between(letters(*lengths.start()), letters(*lengths.end())))
        .group_by(search_trigrams::word)
        .order((count_star().desc(), search_trigrams::word))
        .limit(MOST_COMPARED)
        .select(search_trigrams::word)
        .load(conn)?;
    Ok(alike.into_iter().filter(|word| words::is_meant(typed, word)).collect())
}
