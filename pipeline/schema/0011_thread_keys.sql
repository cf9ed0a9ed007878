-- Which keys a record has follows from the record, so nobody looks them up by record; that index and the reference that needed it cost
-- more than the rows themselves where there are millions.
CREATE TABLE thread_key_kept (
    key INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;
INSERT INTO thread_key_kept (key, record) SELECT key, record FROM thread_key;
DROP TABLE thread_key;
ALTER TABLE thread_key_kept RENAME TO thread_key;

-- Records that are linked and whose threads are still to be made: an ingest links document after document, and makes the threads when
-- all are there. One that is cut off in between goes on with these.
CREATE TABLE thread_stale (
    record INTEGER PRIMARY KEY
) STRICT;
