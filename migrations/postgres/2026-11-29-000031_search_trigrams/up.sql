-- The words of names and places, by each three letters in them: the words that a typing error in a search may have meant. A word
-- stays after the last resource with it is gone; it then finds nothing.
CREATE TABLE search_trigrams (
    trigram TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL, -- in the same order on both databases
    PRIMARY KEY (trigram, word)
);
