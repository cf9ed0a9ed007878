-- What people have decided. Append-only: nothing here is ever changed or removed, and undoing is one more change set.
-- One writer (pipeline/review/ledger.py); the extraction never touches these tables, and nothing here hangs on its rows, so that they
-- outlast a document that leaves the database.

CREATE TABLE review_change_set (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN (
        'accept', 'correct', 'reject', 'duplicate', 'split', 'merge', 'add', 'reattach', 'reopen', 'document_done', 'document_reopened', 'undo'
    )),
    why TEXT,
    document TEXT NOT NULL,
    document_name TEXT NOT NULL,
    undoes INTEGER REFERENCES review_change_set (id)
) STRICT;
CREATE INDEX review_change_set_document ON review_change_set (document);
CREATE INDEX review_change_set_who ON review_change_set (who);
CREATE INDEX review_change_set_undoes ON review_change_set (undoes) WHERE undoes IS NOT NULL;

-- old and new are JSON. record is an address (assignment.address, or one of our own for what people added).
CREATE TABLE review_change (
    change_set INTEGER NOT NULL REFERENCES review_change_set (id),
    ordinal INTEGER NOT NULL,
    record TEXT NOT NULL,
    field TEXT NOT NULL,
    old TEXT CHECK (old IS NULL OR json_valid(old)),
    new TEXT CHECK (new IS NULL OR json_valid(new)),
    PRIMARY KEY (change_set, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_change_record ON review_change (record, change_set);

-- The whole record as it stands after a change set: the latest row of a record is its current value. 'open' is undecided (again).
CREATE TABLE review_state (
    id INTEGER PRIMARY KEY,
    change_set INTEGER NOT NULL REFERENCES review_change_set (id),
    record TEXT NOT NULL,
    document TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('open', 'accepted', 'corrected', 'added', 'duplicate', 'rejected', 'withdrawn', 'merged')),
    merged_into TEXT,
    value TEXT NOT NULL CHECK (json_valid(value)),
    act TEXT NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL,
    task TEXT NOT NULL,
    page INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    paragraph_label TEXT,
    assigner_names TEXT,
    assignee_names TEXT,
    partner_names TEXT,
    report_to_names TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    amount_ore INTEGER,
    source_body TEXT,
    source_date TEXT,
    source_paragraph TEXT,
    source_diary_number TEXT,
    done INTEGER CHECK (done IN (0, 1)),
    duplicate_of TEXT,
    -- What the extraction said when it was decided (extraction_mark); NULL for what people added.
    base_source TEXT,
    base_extraction TEXT
) STRICT;
CREATE INDEX review_state_record ON review_state (record, id, verdict);
CREATE INDEX review_state_document ON review_state (document, record);

CREATE TABLE review_document (
    id INTEGER PRIMARY KEY,
    change_set INTEGER NOT NULL REFERENCES review_change_set (id),
    document TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT;
CREATE INDEX review_document_document ON review_document (document, id, done);

CREATE TRIGGER review_change_set_keeps BEFORE UPDATE ON review_change_set
BEGIN SELECT raise(ABORT, 'Granskningar ändras aldrig: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_change_set_stays BEFORE DELETE ON review_change_set
BEGIN SELECT raise(ABORT, 'Granskningar tas aldrig bort: ångra dem i stället.'); END;
CREATE TRIGGER review_change_set_once BEFORE INSERT ON review_change_set WHEN EXISTS (SELECT 1 FROM review_change_set WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'Granskningar skrivs aldrig över: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_change_keeps BEFORE UPDATE ON review_change
BEGIN SELECT raise(ABORT, 'Granskningar ändras aldrig: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_change_stays BEFORE DELETE ON review_change
BEGIN SELECT raise(ABORT, 'Granskningar tas aldrig bort: ångra dem i stället.'); END;
CREATE TRIGGER review_change_once BEFORE INSERT ON review_change
WHEN EXISTS (SELECT 1 FROM review_change WHERE change_set = new.change_set AND ordinal = new.ordinal)
BEGIN SELECT raise(ABORT, 'Granskningar skrivs aldrig över: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_state_keeps BEFORE UPDATE ON review_state
BEGIN SELECT raise(ABORT, 'Granskningar ändras aldrig: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_state_stays BEFORE DELETE ON review_state
BEGIN SELECT raise(ABORT, 'Granskningar tas aldrig bort: ångra dem i stället.'); END;
CREATE TRIGGER review_state_once BEFORE INSERT ON review_state WHEN EXISTS (SELECT 1 FROM review_state WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'Granskningar skrivs aldrig över: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_document_keeps BEFORE UPDATE ON review_document
BEGIN SELECT raise(ABORT, 'Granskningar ändras aldrig: gör en ny ändring i stället.'); END;
CREATE TRIGGER review_document_stays BEFORE DELETE ON review_document
BEGIN SELECT raise(ABORT, 'Granskningar tas aldrig bort: ångra dem i stället.'); END;
CREATE TRIGGER review_document_once BEFORE INSERT ON review_document WHEN EXISTS (SELECT 1 FROM review_document WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'Granskningar skrivs aldrig över: gör en ny ändring i stället.'); END;

-- The queue in its order: what is in doubt first, the least certain first.
CREATE INDEX assignment_queue ON assignment ((needs_review IS NULL), confidence, id) WHERE act = 'assignment' AND duplicate_of IS NULL;

-- What the extraction says of a record, in two parts that are compared to see whether a review still rests on what it rested on.
CREATE VIEW extraction_mark AS
SELECT
    a.address AS address,
    json_array(a.text, a.section, a.paragraph_label) AS source,
    json_array(
        a.act, a.status, a.task, a.assigner_names, a.assignee_names, a.partner_names, a.report_to_names, a.source_body, a.source_date,
        a.source_paragraph, a.source_diary_number, a.done, a.duplicate_of,
        (
            SELECT json_group_array(json_array(t.kind, t.first, t.last, t.raw))
            FROM deadline AS t WHERE t.document = a.document AND t.assignment = a.number
        ),
        (
            SELECT json_group_array(json_array(b.ore, b.raw))
            FROM assignment_amount AS l
            JOIN amount AS b ON b.document = l.document AND b.number = l.amount
            WHERE l.document = a.document AND l.assignment = a.number
        )
    ) AS extraction
FROM assignment AS a;

-- The latest word on each record, with whether it still rests on what it rested on.
CREATE VIEW current_review AS
SELECT
    s.*,
    c.who AS who,
    c.at AS at,
    c.action AS action,
    c.document_name AS document_name,
    CASE
        WHEN s.base_extraction IS NULL THEN 'stands'
        WHEN m.address IS NULL THEN 'orphan'
        WHEN m.source <> s.base_source AND m.extraction <> s.base_extraction THEN 'stale'
        ELSE 'stands'
    END AS standing
FROM review_state AS s
JOIN review_change_set AS c ON c.id = s.change_set
LEFT JOIN extraction_mark AS m ON m.address = s.record
WHERE s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record);

-- The current value of each assignment: what people decided, else what was extracted. A decided one has a negative number, so that
-- the parties and deadlines of the extraction are not taken for its own (current_party, current_deadline, current_amount).
DROP VIEW current_assignment;
CREATE VIEW current_assignment AS
SELECT a.*, 'nej' AS granskad, NULL AS granskning
FROM assignment AS a
WHERE coalesce((SELECT s.verdict FROM review_state AS s WHERE s.record = a.address ORDER BY s.id DESC LIMIT 1), 'open') = 'open'
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
        WHEN s.base_extraction IS NULL THEN 'stands'
        WHEN a.id IS NULL THEN 'orphan'
        WHEN EXISTS (
            SELECT 1 FROM extraction_mark AS m
            WHERE m.address = s.record AND m.source <> s.base_source AND m.extraction <> s.base_extraction
        ) THEN 'stale'
        ELSE 'stands'
    END
FROM review_state AS s
JOIN document AS d ON d.sha256 = s.document
LEFT JOIN assignment AS a ON a.address = s.record
WHERE s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record)
    AND s.verdict IN ('accepted', 'corrected', 'added', 'duplicate');

CREATE VIEW current_party AS
SELECT p.document, p.assignment, p.role, p.ordinal, p.name, p.raw, p.basis, p.rule, p.page, p.start, p.stop, p.boxes
FROM party AS p
UNION ALL
SELECT
    d.id, -s.id, r.value, CAST(e.key AS INTEGER), json_extract(e.value, '$.name'), json_extract(e.value, '$.raw'),
    coalesce(json_extract(e.value, '$.basis'), 'review'), json_extract(e.value, '$.rule'), json_extract(e.value, '$.boxes[0][0]'), NULL, NULL,
    coalesce(json_extract(e.value, '$.boxes'), '[]')
FROM review_state AS s
JOIN document AS d ON d.sha256 = s.document
JOIN json_each('["assigner","assignee","partner","report_to"]') AS r
JOIN json_each(s.value, '$.' || r.value) AS e;

CREATE VIEW current_deadline AS
SELECT t.document, t.assignment, t.ordinal, t.raw, t.kind, t.first, t.last, t.precision, t.basis, t.body, t.rule, t.page, t.boxes
FROM deadline AS t
UNION ALL
SELECT
    d.id, -s.id, CAST(e.key AS INTEGER), json_extract(e.value, '$.raw'), json_extract(e.value, '$.kind'), json_extract(e.value, '$.first'),
    json_extract(e.value, '$.last'), json_extract(e.value, '$.precision'), json_extract(e.value, '$.basis'), json_extract(e.value, '$.body'),
    json_extract(e.value, '$.rule'), coalesce(json_extract(e.value, '$.boxes[0][0]'), s.page), json_extract(e.value, '$.boxes')
FROM review_state AS s
JOIN document AS d ON d.sha256 = s.document
JOIN json_each(s.value, '$.deadlines') AS e;

CREATE VIEW current_amount AS
SELECT l.document, l.assignment, l.ordinal, b.raw, b.ore, b.year, b.kind, b.basis, b.rule, b.page, b.boxes
FROM assignment_amount AS l
JOIN amount AS b ON b.document = l.document AND b.number = l.amount
UNION ALL
SELECT
    d.id, -s.id, CAST(e.key AS INTEGER), json_extract(e.value, '$.raw'), json_extract(e.value, '$.ore'), json_extract(e.value, '$.year'),
    json_extract(e.value, '$.kind'), json_extract(e.value, '$.basis'), json_extract(e.value, '$.rule'),
    coalesce(json_extract(e.value, '$.boxes[0][0]'), s.page), json_extract(e.value, '$.boxes')
FROM review_state AS s
JOIN document AS d ON d.sha256 = s.document
JOIN json_each(s.value, '$.amounts') AS e;

INSERT INTO label (field, code, swedish) VALUES
    ('basis', 'review', 'granskning'),
    ('reason', 'review', 'underkänt vid granskning'),
    ('review', 'stands', 'gäller'),
    ('review', 'stale', 'inaktuell'),
    ('review', 'orphan', 'föräldralös');

DROP VIEW uppdrag;
CREATE VIEW uppdrag AS
SELECT
    CASE a.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' ELSE a.status END AS status,
    a.assigner_names AS uppdragsgivare,
    a.assignee_names AS mottagare,
    a.task AS uppgift,
    a.deadline_first AS tidsfrist_fran,
    a.deadline_last AS tidsfrist_till,
    a.report_to_names AS aterrapporteras_till,
    a.amount_ore / 100000000.0 AS belopp_mnkr,
    a.body AS organ,
    a.meeting_date AS sammantradesdatum,
    a.paragraph_label AS paragraf,
    a.diary_number AS diarienummer,
    d.name AS dokument,
    a.page AS sida,
    a.granskad AS granskad,
    round(a.confidence, 2) AS sakerhet,
    a.address AS uppdrag_id,
    a.deadline_raw AS tidsfrist_text,
    a.partner_names AS samverkande,
    a.text AS kalltext,
    a.source_body AS givet_av,
    a.source_date AS givet_datum,
    a.source_paragraph AS givet_paragraf,
    a.source_diary_number AS givet_diarienummer,
    CASE a.done WHEN 1 THEN 'ja' WHEN 0 THEN 'nej' END AS fullgjort,
    a.needs_review AS behover_ses_over,
    a.status AS statuskod,
    d.organisation AS organisation,
    d.sha256 AS dokument_id,
    a.id AS rad,
    '/-/sida/' || d.sha256 || '/' || a.page || '?uppdrag=' || a.address AS lank,
    CASE a.granskning WHEN 'stands' THEN 'gäller' WHEN 'stale' THEN 'inaktuell' WHEN 'orphan' THEN 'föräldralös' END AS granskning
FROM current_assignment AS a
JOIN document AS d ON d.id = a.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

DROP VIEW parter;
CREATE VIEW parter AS
SELECT
    p.name AS part,
    coalesce((SELECT swedish FROM label WHERE field = 'role' AND code = p.role), p.role) AS roll,
    p.raw AS som_tryckt,
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = p.basis), p.basis) AS grund,
    CASE a.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' ELSE a.status END AS status,
    a.task AS uppgift,
    a.deadline_last AS tidsfrist_till,
    a.body AS organ,
    a.meeting_date AS sammantradesdatum,
    a.paragraph_label AS paragraf,
    a.address AS uppdrag_id,
    '/-/sida/' || d.sha256 || '/' || a.page || '?uppdrag=' || a.address AS lank
FROM current_party AS p
JOIN current_assignment AS a ON a.document = p.document AND a.number = p.assignment
JOIN document AS d ON d.id = p.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

DROP VIEW tidsfrister;
CREATE VIEW tidsfrister AS
SELECT
    t.last AS tidsfrist_till,
    t.first AS tidsfrist_fran,
    t.raw AS som_tryckt,
    coalesce((SELECT swedish FROM label WHERE field = 'deadline' AND code = t.kind), t.kind) AS slag,
    coalesce((SELECT swedish FROM label WHERE field = 'precision' AND code = t.precision), t.precision) AS noggrannhet,
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = t.basis), t.basis) AS ar_enligt,
    t.body AS infor,
    CASE a.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' ELSE a.status END AS status,
    a.assignee_names AS mottagare,
    a.task AS uppgift,
    a.body AS organ,
    a.meeting_date AS sammantradesdatum,
    t.page AS sida,
    t.rule AS regel,
    a.address AS uppdrag_id,
    '/-/sida/' || d.sha256 || '/' || t.page || '?uppdrag=' || a.address AS lank
FROM current_deadline AS t
JOIN current_assignment AS a ON a.document = t.document AND a.number = t.assignment
JOIN document AS d ON d.id = t.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

DROP VIEW belopp;
CREATE VIEW belopp AS
SELECT
    b.ore / 100000000.0 AS belopp_mnkr,
    b.ore / 100.0 AS belopp_kr,
    b.raw AS som_tryckt,
    b.year AS ar,
    coalesce((SELECT swedish FROM label WHERE field = 'amount' AND code = b.kind), b.kind) AS slag,
    b.concerns AS avser,
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = b.basis), b.basis) AS grund,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    b.page AS sida,
    b.rule AS regel,
    (
        SELECT min(a.address)
        FROM assignment_amount AS l
        JOIN assignment AS x ON x.document = l.document AND x.number = l.assignment
        JOIN current_assignment AS a ON a.address = x.address
        WHERE l.document = b.document AND l.amount = b.number AND a.act = 'assignment' AND a.duplicate_of IS NULL
            AND (
                a.granskad = 'nej'
                OR EXISTS (SELECT 1 FROM current_amount AS c WHERE c.document = a.document AND c.assignment = a.number AND c.ore = b.ore)
            )
    ) AS uppdrag_id,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || b.page || '?belopp=' || b.number AS lank
FROM amount AS b
JOIN document AS d ON d.id = b.document;

DROP VIEW ej_uppdrag;
CREATE VIEW ej_uppdrag AS
SELECT
    n.text AS text,
    coalesce((SELECT swedish FROM label WHERE field = 'reason' AND code = n.reason), n.reason) AS skal,
    n.rule AS regel,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    n.page AS sida,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || n.page || '?ej_uppdrag=' || n.number AS lank
FROM not_assignment AS n
JOIN document AS d ON d.id = n.document
UNION ALL
SELECT
    s.text,
    (SELECT swedish FROM label WHERE field = 'reason' AND code = 'review') || coalesce(': ' || c.why, ''),
    NULL,
    d.body,
    d.meeting_from,
    d.name,
    s.page,
    d.sha256,
    '/-/granska/post/' || s.record
FROM review_state AS s
JOIN review_change_set AS c ON c.id = s.change_set
JOIN document AS d ON d.sha256 = s.document
WHERE s.verdict = 'rejected' AND s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record);

-- How the decisions of people change the counts of the extraction, a record a row.
CREATE VIEW review_delta AS
SELECT
    s.document AS document,
    (s.verdict IN ('accepted', 'corrected', 'added', 'duplicate') AND s.act = 'assignment' AND s.duplicate_of IS NULL)
    - coalesce(a.act = 'assignment' AND a.duplicate_of IS NULL, 0) AS assignments,
    -coalesce(a.act = 'assignment' AND a.duplicate_of IS NULL AND a.needs_review IS NOT NULL, 0) AS needs_review
FROM review_state AS s
LEFT JOIN assignment AS a ON a.address = s.record
WHERE s.verdict <> 'open' AND s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record);

DROP VIEW dokument;
CREATE VIEW dokument AS
SELECT
    d.name AS dokument,
    d.kind AS dokumenttyp,
    d.title AS titel,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.meeting_to AS sammantrade_till,
    d.diary_number AS diarienummer,
    d.pages AS sidor,
    d.assignments + coalesce((SELECT sum(v.assignments) FROM review_delta AS v WHERE v.document = d.sha256), 0) AS antal_uppdrag,
    coalesce((SELECT swedish FROM label WHERE field = 'document' AND code = d.status), d.status) AS status,
    coalesce((SELECT swedish FROM label WHERE field = 'file' AND code = d.reading_status), d.reading_status) AS lasning,
    d.message AS meddelande,
    d.organisation AS organisation,
    (SELECT count(*) FROM file AS f WHERE f.sha256 = d.sha256) AS antal_filer,
    d.pdf_title AS pdf_titel,
    d.producer AS program,
    d.created AS skapad,
    d.fingerprint AS regelversion,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/1' AS lank
FROM document AS d;

DROP VIEW tackning;
CREATE VIEW tackning AS
SELECT
    d.name AS dokument,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    coalesce((SELECT swedish FROM label WHERE field = 'document' AND code = d.status), d.status) AS status,
    d.pages AS sidor,
    d.pages_ocr AS sidor_ocr,
    d.pages_without_text AS sidor_utan_text,
    d.lines AS rader,
    d.lines_removed AS rader_borttagna,
    d.paragraphs AS paragrafer,
    d.paragraphs_assignments AS paragrafer_med_uppdrag,
    d.paragraphs_decision AS paragrafer_med_beslut,
    d.paragraphs_no_decision AS paragrafer_utan_beslut,
    d.paragraphs_unread AS paragrafer_ej_tolkade,
    d.assignments + coalesce((SELECT sum(v.assignments) FROM review_delta AS v WHERE v.document = d.sha256), 0) AS uppdrag,
    d.needs_review + coalesce((SELECT sum(v.needs_review) FROM review_delta AS v WHERE v.document = d.sha256), 0) AS behover_ses_over,
    d.issues AS avvikelser,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/1' AS lank,
    (
        SELECT count(*) FROM review_state AS s
        WHERE s.document = d.sha256 AND s.verdict <> 'open' AND s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record)
    ) AS granskade,
    CASE (SELECT r.done FROM review_document AS r WHERE r.document = d.sha256 ORDER BY r.id DESC LIMIT 1) WHEN 1 THEN 'ja' ELSE 'nej' END
        AS genomganget
FROM document AS d;
