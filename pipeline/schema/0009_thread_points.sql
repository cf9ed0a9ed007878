-- The number of the decision point an assignment stands in, which is how later documents cite it ("2022-04-28 § 16 punkt 2").
CREATE TABLE decision_point (
    document INTEGER NOT NULL,
    assignment INTEGER NOT NULL,
    point TEXT NOT NULL,
    PRIMARY KEY (document, assignment),
    FOREIGN KEY (document, assignment) REFERENCES assignment (document, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Whether the body that acted is the one that gave the assignment: a committee that files a report has not accepted it for the board.
ALTER TABLE thread_event ADD COLUMN by_assigner INTEGER NOT NULL DEFAULT 1 CHECK (by_assigner IN (0, 1));
