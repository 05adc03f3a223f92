-- The words of names and places, by each three letters in them: the words that a typing error in a search may have meant. A word
-- stays after the last resource with it is gone; it then finds nothing.
CREATE TABLE search_trigrams (
    trigram TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (trigram, word)
) STRICT, WITHOUT ROWID;
