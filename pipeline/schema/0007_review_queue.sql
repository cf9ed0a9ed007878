-- What waits and what holds, kept by triggers so that neither is ever looked for: with 20,000 decisions the page of a record took
-- 1.4 s, since the latest state of every record was found again for it. None of these three tables holds anything that the extraction
-- and the decisions do not say: they can be emptied and filled again by the statements at the end of each part.

-- The latest state of each record that anybody has decided on. `based`: it rests on something the extraction said. `present`: the point
-- is still there. `moved`: its source is not the text it was decided on.
CREATE TABLE review_current (
    record TEXT PRIMARY KEY,
    state INTEGER NOT NULL REFERENCES review_state (id),
    document TEXT NOT NULL,
    verdict TEXT NOT NULL,
    who TEXT NOT NULL,
    based INTEGER NOT NULL CHECK (based IN (0, 1)),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    moved INTEGER NOT NULL CHECK (moved IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX review_current_state ON review_current (state);
CREATE INDEX review_current_who ON review_current (who, verdict, state);
CREATE INDEX review_current_document ON review_current (document, record);
CREATE INDEX review_current_orphan ON review_current (state) WHERE based AND NOT present;
CREATE INDEX review_current_moved ON review_current (state) WHERE moved AND present;

INSERT INTO review_current (record, state, document, verdict, who, based, present, moved)
SELECT
    s.record, s.id, s.document, s.verdict, c.who, s.base_extraction IS NOT NULL, a.id IS NOT NULL,
    a.id IS NOT NULL AND coalesce(json_array(a.text, a.section, a.paragraph_label) <> s.base_source, 0)
FROM review_state AS s
JOIN review_change_set AS c ON c.id = s.change_set
LEFT JOIN assignment AS a ON a.address = s.record
WHERE s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record);

-- The queue: every record nobody has decided on (or that was opened again), in the order it should be looked at. `counted`: an
-- assignment, the same point once. `sure`: nothing is in doubt.
CREATE TABLE review_queue (
    assignment INTEGER PRIMARY KEY,
    counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
    sure INTEGER NOT NULL CHECK (sure IN (0, 1)),
    confidence REAL NOT NULL,
    body TEXT,
    status TEXT NOT NULL,
    needs_review TEXT
) STRICT;
CREATE INDEX review_queue_order ON review_queue (sure, confidence, assignment, counted, status, needs_review);
CREATE INDEX review_queue_body ON review_queue (body, sure, confidence, assignment, counted, status, needs_review);

-- How many wait, by what the queue can be filtered by. `unsure`: nothing is in doubt, but the certainty is below 0.8.
CREATE TABLE review_waiting (
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    needs_review TEXT NOT NULL,
    unsure INTEGER NOT NULL CHECK (unsure IN (0, 1)),
    records INTEGER NOT NULL,
    PRIMARY KEY (body, status, needs_review, unsure)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER review_queue_comes AFTER INSERT ON review_queue WHEN new.counted
BEGIN
    INSERT INTO review_waiting (body, status, needs_review, unsure, records)
    VALUES (coalesce(new.body, ''), new.status, coalesce(new.needs_review, ''), new.sure AND new.confidence < 0.8, 1)
    ON CONFLICT (body, status, needs_review, unsure) DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER review_queue_goes AFTER DELETE ON review_queue WHEN old.counted
BEGIN
    UPDATE review_waiting SET records = records - 1
    WHERE body = coalesce(old.body, '') AND status = old.status AND needs_review = coalesce(old.needs_review, '')
        AND unsure = (old.sure AND old.confidence < 0.8);
END;

INSERT INTO review_queue (assignment, counted, sure, confidence, body, status, needs_review)
SELECT a.id, a.act = 'assignment' AND a.duplicate_of IS NULL, a.needs_review IS NULL, a.confidence, a.body, a.status, a.needs_review
FROM assignment AS a
WHERE NOT EXISTS (SELECT 1 FROM review_current AS r WHERE r.record = a.address AND r.verdict <> 'open');

CREATE TRIGGER review_state_counts AFTER INSERT ON review_state
BEGIN
    INSERT INTO review_current (record, state, document, verdict, who, based, present, moved)
    SELECT
        new.record, new.id, new.document, new.verdict, c.who, new.base_extraction IS NOT NULL, a.id IS NOT NULL,
        a.id IS NOT NULL AND coalesce(json_array(a.text, a.section, a.paragraph_label) <> new.base_source, 0)
    FROM review_change_set AS c
    LEFT JOIN assignment AS a ON a.address = new.record
    WHERE c.id = new.change_set
    ON CONFLICT (record) DO UPDATE SET
        state = excluded.state, document = excluded.document, verdict = excluded.verdict, who = excluded.who, based = excluded.based,
        present = excluded.present, moved = excluded.moved;
    DELETE FROM review_queue WHERE assignment = (SELECT a.id FROM assignment AS a WHERE a.address = new.record);
    INSERT INTO review_queue (assignment, counted, sure, confidence, body, status, needs_review)
    SELECT a.id, a.act = 'assignment' AND a.duplicate_of IS NULL, a.needs_review IS NULL, a.confidence, a.body, a.status, a.needs_review
    FROM assignment AS a
    WHERE a.address = new.record AND new.verdict = 'open';
END;
CREATE TRIGGER assignment_comes AFTER INSERT ON assignment
BEGIN
    UPDATE review_current SET
        present = 1,
        moved = coalesce(
            (SELECT json_array(new.text, new.section, new.paragraph_label) <> s.base_source FROM review_state AS s WHERE s.id = review_current.state), 0
        )
    WHERE record = new.address;
    INSERT INTO review_queue (assignment, counted, sure, confidence, body, status, needs_review)
    SELECT
        new.id, new.act = 'assignment' AND new.duplicate_of IS NULL, new.needs_review IS NULL, new.confidence, new.body, new.status,
        new.needs_review
    WHERE NOT EXISTS (SELECT 1 FROM review_current AS r WHERE r.record = new.address AND r.verdict <> 'open');
END;
CREATE TRIGGER assignment_goes AFTER DELETE ON assignment
BEGIN
    UPDATE review_current SET present = 0, moved = 0 WHERE record = old.address;
    DELETE FROM review_queue WHERE assignment = old.id;
END;

-- The counts come from review_waiting and the order from review_queue now.
DROP INDEX assignment_counts;
DROP INDEX assignment_queue;

-- The same columns and the same meaning as before, from the latest states directly.
DROP VIEW current_review;
CREATE VIEW current_review AS
SELECT
    s.*,
    c.who AS who,
    c.at AS at,
    c.action AS action,
    c.document_name AS document_name,
    CASE
        WHEN NOT r.based THEN 'stands'
        WHEN NOT r.present THEN 'orphan'
        WHEN r.moved AND EXISTS (SELECT 1 FROM extraction_mark AS m WHERE m.address = s.record AND m.extraction <> s.base_extraction)
            THEN 'stale'
        ELSE 'stands'
    END AS standing
FROM review_current AS r
JOIN review_state AS s ON s.id = r.state
JOIN review_change_set AS c ON c.id = s.change_set;

DROP VIEW current_assignment;
CREATE VIEW current_assignment AS
SELECT a.*, 'nej' AS granskad, NULL AS granskning
FROM assignment AS a
WHERE NOT EXISTS (SELECT 1 FROM review_current AS r WHERE r.record = a.address AND r.verdict <> 'open')
UNION ALL
SELECT
    a.id, d.id, -s.id, s.record, coalesce(a.key, s.record), s.act, s.status, s.text, s.task, s.page, coalesce(a.start, 0),
    coalesce(a.stop, 0), s.boxes, coalesce(a.task_start, 0), coalesce(a.task_stop, 0), coalesce(a.task_boxes, '[]'),
    coalesce(a.paragraph, (SELECT p.number FROM paragraph AS p WHERE p.document = d.id AND p.label = s.paragraph_label)),
    s.paragraph_label, a.section, s.assigner_names, s.assignee_names, s.partner_names, s.report_to_names, s.deadline_first,
    s.deadline_last, s.deadline_raw, s.amount_ore, d.body, d.meeting_from, coalesce(a.diary_number, d.diary_number), s.source_body,
    s.source_date, s.source_paragraph, s.source_diary_number, a.source_point, s.done, s.duplicate_of, coalesce(a.confidence, 1.0),
    NULL, coalesce(a.rules, ''), 'ja',
    CASE
        WHEN NOT r.based THEN 'stands'
        WHEN NOT r.present THEN 'orphan'
        WHEN r.moved AND EXISTS (SELECT 1 FROM extraction_mark AS m WHERE m.address = s.record AND m.extraction <> s.base_extraction)
            THEN 'stale'
        ELSE 'stands'
    END
FROM review_current AS r
JOIN review_state AS s ON s.id = r.state
JOIN document AS d ON d.sha256 = r.document
LEFT JOIN assignment AS a ON a.address = r.record
WHERE r.verdict IN ('accepted', 'corrected', 'added', 'duplicate');

-- How the decisions of people change the counts of the extraction, a record a row.
DROP VIEW review_delta;
CREATE VIEW review_delta AS
SELECT
    r.document AS document,
    (r.verdict IN ('accepted', 'corrected', 'added', 'duplicate') AND s.act = 'assignment' AND s.duplicate_of IS NULL)
    - coalesce(a.act = 'assignment' AND a.duplicate_of IS NULL, 0) AS assignments,
    -coalesce(a.act = 'assignment' AND a.duplicate_of IS NULL AND a.needs_review IS NOT NULL, 0) AS needs_review
FROM review_current AS r
JOIN review_state AS s ON s.id = r.state
LEFT JOIN assignment AS a ON a.address = r.record
WHERE r.verdict <> 'open';
