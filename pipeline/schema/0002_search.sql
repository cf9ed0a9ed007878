-- Full-text search. The words as printed: the default tokenizer folds å, ä and ö and would find "far" for "får".
-- All four read their text from the tables (external content) and are filled and emptied by the store, after the rows and in the same
-- transaction: triggers would cost ten times as much.

CREATE VIRTUAL TABLE assignment_fts USING fts5 (
    task, text, assigner_names, assignee_names,
    content = 'assignment', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE page_fts USING fts5 (
    text, content = 'page', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 0"
);

-- Parts of words: "styrelsen" inside "regionstyrelsens". Of pages, without positions (asked with LIKE, which FTS5 answers from the
-- index and checks in the text): a seventh of the size.
CREATE VIRTUAL TABLE assignment_trigram USING fts5 (
    task, text, assigner_names, assignee_names,
    content = 'assignment', content_rowid = 'id', tokenize = "trigram"
);
CREATE VIRTUAL TABLE page_trigram USING fts5 (
    text, content = 'page', content_rowid = 'id', tokenize = "trigram", detail = none
);
