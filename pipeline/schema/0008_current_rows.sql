-- What lists, facets and counts are made of: one narrow row for each current assignment (act assignment, the same point once), with the
-- values that hold now, extracted or decided by people. Derived from `assignment`, `document` and `review_current` by the triggers below
-- and by nothing else, so that it is right in the same transaction whoever writes; it can be thrown away and made anew.
--
-- current_assignment is a union of two tables joined to a third: of a million rows SQLite would build it whole to sort it or to count it.
-- The long texts stay where they are and are fetched for the rows that are shown. id is assignment.id, so that every index holds the
-- number the search indexes know; of what people added, which is in no assignment, it is -review_state.id.
CREATE TABLE current_row (
    id INTEGER PRIMARY KEY,
    record TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    -- As in current_assignment: the number in the document, or -review_state.id of what people decided.
    number INTEGER NOT NULL,
    -- review_state.id the values are from; NULL where nobody has reviewed it.
    review INTEGER,
    status TEXT NOT NULL,
    status_code TEXT NOT NULL,
    assigner_names TEXT,
    assignee_names TEXT,
    report_to_names TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    amount_ore INTEGER,
    body TEXT,
    meeting_date TEXT,
    paragraph INTEGER,
    paragraph_label TEXT,
    diary_number TEXT,
    document_name TEXT NOT NULL,
    document_sha256 TEXT NOT NULL,
    organisation TEXT,
    page INTEGER NOT NULL,
    reviewed TEXT NOT NULL,
    confidence REAL NOT NULL,
    done INTEGER,
    needs_review TEXT
) STRICT;

-- Where the rows come from. Only the triggers below, and whoever makes the table anew, read it.
CREATE VIEW current_row_source AS
SELECT
    coalesce(a.id, a.number) AS id,
    a.address AS record,
    a.document AS document,
    a.number AS number,
    CASE WHEN a.granskad = 'ja' THEN -a.number END AS review,
    CASE a.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' ELSE a.status END AS status,
    a.status AS status_code,
    a.assigner_names AS assigner_names,
    a.assignee_names AS assignee_names,
    a.report_to_names AS report_to_names,
    a.deadline_first AS deadline_first,
    a.deadline_last AS deadline_last,
    a.deadline_raw AS deadline_raw,
    a.amount_ore AS amount_ore,
    a.body AS body,
    a.meeting_date AS meeting_date,
    a.paragraph AS paragraph,
    a.paragraph_label AS paragraph_label,
    a.diary_number AS diary_number,
    d.name AS document_name,
    d.sha256 AS document_sha256,
    d.organisation AS organisation,
    a.page AS page,
    a.granskad AS reviewed,
    a.confidence AS confidence,
    a.done AS done,
    a.needs_review AS needs_review
FROM current_assignment AS a
JOIN document AS d ON d.id = a.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

INSERT INTO current_row (
    id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
    deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
    organisation, page, reviewed, confidence, done, needs_review
)
SELECT * FROM current_row_source;

CREATE UNIQUE INDEX current_row_document ON current_row (document, number);
CREATE INDEX current_row_sha256 ON current_row (document_sha256);
-- The orders lists are read in, and the columns they are counted by. Each also holds the other column that is filtered on most, so that
-- a count or a facet reads the index alone.
CREATE INDEX current_row_meeting ON current_row (meeting_date, status, body);
CREATE INDEX current_row_body ON current_row (body, status, meeting_date);
CREATE INDEX current_row_status ON current_row (status, meeting_date, body);
CREATE INDEX current_row_deadline ON current_row (deadline_last, status, body);
CREATE INDEX current_row_assignee ON current_row (assignee_names, status, body);
CREATE INDEX current_row_organisation ON current_row (organisation, status, body, meeting_date);
CREATE INDEX current_row_doubt ON current_row (confidence) WHERE needs_review IS NOT NULL;
CREATE INDEX current_row_diary_number ON current_row (diary_number);

CREATE TRIGGER current_row_of_assignment AFTER INSERT ON assignment
BEGIN
    DELETE FROM current_row WHERE record = new.address;
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT * FROM current_row_source WHERE record = new.address;
END;

CREATE TRIGGER current_row_of_changed_assignment AFTER UPDATE ON assignment
BEGIN
    DELETE FROM current_row WHERE record IN (old.address, new.address);
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT * FROM current_row_source WHERE record = new.address;
END;

-- A document that comes (back): what people added to it, or decided before, holds at once; its assignments come after it.
CREATE TRIGGER current_row_of_document AFTER INSERT ON document
WHEN EXISTS (SELECT 1 FROM review_current WHERE document = new.sha256)
BEGIN
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT c.* FROM review_current AS r CROSS JOIN current_row_source AS c ON c.record = r.record
    WHERE r.document = new.sha256;
END;

-- Its paragraphs come after it too: what people added says its § by name until then. (Their rows have numbers below nought.)
CREATE TRIGGER current_row_of_paragraph AFTER INSERT ON paragraph
BEGIN
    UPDATE current_row SET paragraph = new.number
    WHERE document = new.document AND number < 0 AND paragraph IS NULL AND paragraph_label = new.label;
END;

CREATE TRIGGER current_row_of_changed_document AFTER UPDATE ON document
BEGIN
    DELETE FROM current_row WHERE document = new.id;
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT * FROM current_row_source WHERE document = new.id;
END;

-- Not on review_state itself: what holds is in review_current, and the order of two triggers on one table is not promised.
CREATE TRIGGER current_row_of_review AFTER INSERT ON review_current
BEGIN
    DELETE FROM current_row WHERE record = new.record;
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT * FROM current_row_source WHERE record = new.record;
END;

CREATE TRIGGER current_row_of_changed_review AFTER UPDATE ON review_current
BEGIN
    DELETE FROM current_row WHERE record = new.record;
    INSERT INTO current_row (
        id, record, document, number, review, status, status_code, assigner_names, assignee_names, report_to_names, deadline_first,
        deadline_last, deadline_raw, amount_ore, body, meeting_date, paragraph, paragraph_label, diary_number, document_name, document_sha256,
        organisation, page, reviewed, confidence, done, needs_review
    )
    SELECT * FROM current_row_source WHERE record = new.record;
END;

-- The same names and columns as before. One table, so that a filter, an order and a count come from an index; the rest is looked up for
-- the rows that are read.
DROP VIEW uppdrag;
CREATE VIEW uppdrag AS
SELECT
    c.status AS status,
    c.assigner_names AS uppdragsgivare,
    c.assignee_names AS mottagare,
    CASE WHEN c.review IS NULL THEN (SELECT a.task FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.task FROM review_state AS s WHERE s.id = c.review) END AS uppgift,
    c.deadline_first AS tidsfrist_fran,
    c.deadline_last AS tidsfrist_till,
    c.report_to_names AS aterrapporteras_till,
    c.amount_ore / 100000000.0 AS belopp_mnkr,
    c.body AS organ,
    c.meeting_date AS sammantradesdatum,
    c.paragraph_label AS paragraf,
    c.diary_number AS diarienummer,
    c.document_name AS dokument,
    c.page AS sida,
    c.reviewed AS granskad,
    round(c.confidence, 2) AS sakerhet,
    c.record AS uppdrag_id,
    c.deadline_raw AS tidsfrist_text,
    CASE WHEN c.review IS NULL THEN (SELECT a.partner_names FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.partner_names FROM review_state AS s WHERE s.id = c.review) END AS samverkande,
    CASE WHEN c.review IS NULL THEN (SELECT a.text FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.text FROM review_state AS s WHERE s.id = c.review) END AS kalltext,
    CASE WHEN c.review IS NULL THEN (SELECT a.source_body FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.source_body FROM review_state AS s WHERE s.id = c.review) END AS givet_av,
    CASE WHEN c.review IS NULL THEN (SELECT a.source_date FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.source_date FROM review_state AS s WHERE s.id = c.review) END AS givet_datum,
    CASE WHEN c.review IS NULL THEN (SELECT a.source_paragraph FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.source_paragraph FROM review_state AS s WHERE s.id = c.review) END AS givet_paragraf,
    CASE WHEN c.review IS NULL THEN (SELECT a.source_diary_number FROM assignment AS a WHERE a.id = c.id)
        ELSE (SELECT s.source_diary_number FROM review_state AS s WHERE s.id = c.review) END AS givet_diarienummer,
    CASE c.done WHEN 1 THEN 'ja' WHEN 0 THEN 'nej' END AS fullgjort,
    c.needs_review AS behover_ses_over,
    c.status_code AS statuskod,
    c.organisation AS organisation,
    c.document_sha256 AS dokument_id,
    c.id AS rad,
    '/-/sida/' || c.document_sha256 || '/' || c.page || '?uppdrag=' || c.record AS lank,
    CASE WHEN c.review IS NOT NULL THEN (
        SELECT CASE r.standing WHEN 'stands' THEN 'gäller' WHEN 'stale' THEN 'inaktuell' WHEN 'orphan' THEN 'föräldralös' END
        FROM current_review AS r WHERE r.id = c.review
    ) END AS granskning
FROM current_row AS c;

-- Parties and deadlines of those rows: of the extraction, and of what people decided, which are inside its record. The union is outermost,
-- so that SQLite asks each part by its own index; it does so only where both have columns of the same affinity, hence the casts.
DROP VIEW parter;
CREATE VIEW parter AS
SELECT
    p.name AS part,
    coalesce((SELECT swedish FROM label WHERE field = 'role' AND code = p.role), p.role) AS roll,
    p.raw AS som_tryckt,
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = p.basis), p.basis) AS grund,
    c.status AS status,
    (SELECT a.task FROM assignment AS a WHERE a.id = c.id) AS uppgift,
    c.deadline_last AS tidsfrist_till,
    c.body AS organ,
    c.meeting_date AS sammantradesdatum,
    c.paragraph_label AS paragraf,
    c.record AS uppdrag_id,
    '/-/sida/' || c.document_sha256 || '/' || c.page || '?uppdrag=' || c.record AS lank
FROM party AS p
JOIN current_row AS c ON c.document = p.document AND c.number = p.assignment
UNION ALL
SELECT
    CAST(json_extract(e.value, '$.name') AS TEXT),
    coalesce((SELECT swedish FROM label WHERE field = 'role' AND code = r.value), r.value),
    CAST(json_extract(e.value, '$.raw') AS TEXT),
    coalesce(
        (SELECT swedish FROM label WHERE field = 'basis' AND code = coalesce(json_extract(e.value, '$.basis'), 'review')),
        json_extract(e.value, '$.basis')
    ),
    c.status, s.task, c.deadline_last, c.body, c.meeting_date, c.paragraph_label, c.record,
    '/-/sida/' || c.document_sha256 || '/' || c.page || '?uppdrag=' || c.record
FROM current_row AS c
JOIN review_state AS s ON s.id = c.review
JOIN json_each('["assigner","assignee","partner","report_to"]') AS r
JOIN json_each(s.value, '$.' || r.value) AS e
WHERE c.review IS NOT NULL;

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
    c.status AS status,
    c.assignee_names AS mottagare,
    (SELECT a.task FROM assignment AS a WHERE a.id = c.id) AS uppgift,
    c.body AS organ,
    c.meeting_date AS sammantradesdatum,
    t.page AS sida,
    t.rule AS regel,
    c.record AS uppdrag_id,
    '/-/sida/' || c.document_sha256 || '/' || t.page || '?uppdrag=' || c.record AS lank
FROM deadline AS t
JOIN current_row AS c ON c.document = t.document AND c.number = t.assignment
UNION ALL
SELECT
    CAST(json_extract(e.value, '$.last') AS TEXT),
    CAST(json_extract(e.value, '$.first') AS TEXT),
    CAST(json_extract(e.value, '$.raw') AS TEXT),
    coalesce((SELECT swedish FROM label WHERE field = 'deadline' AND code = json_extract(e.value, '$.kind')), json_extract(e.value, '$.kind')),
    coalesce(
        (SELECT swedish FROM label WHERE field = 'precision' AND code = json_extract(e.value, '$.precision')), json_extract(e.value, '$.precision')
    ),
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = json_extract(e.value, '$.basis')), json_extract(e.value, '$.basis')),
    CAST(json_extract(e.value, '$.body') AS TEXT),
    c.status, c.assignee_names, s.task, c.body, c.meeting_date,
    CAST(coalesce(json_extract(e.value, '$.boxes[0][0]'), s.page) AS INTEGER),
    CAST(json_extract(e.value, '$.rule') AS TEXT),
    c.record,
    '/-/sida/' || c.document_sha256 || '/' || coalesce(json_extract(e.value, '$.boxes[0][0]'), s.page) || '?uppdrag=' || c.record
FROM current_row AS c
JOIN review_state AS s ON s.id = c.review
JOIN json_each(s.value, '$.deadlines') AS e
WHERE c.review IS NOT NULL;

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
        SELECT min(c.record)
        FROM assignment_amount AS l
        JOIN assignment AS a ON a.document = l.document AND a.number = l.assignment
        JOIN current_row AS c ON c.record = a.address
        WHERE l.document = b.document AND l.amount = b.number
            AND (
                c.review IS NULL
                OR EXISTS (
                    SELECT 1
                    FROM review_state AS s
                    JOIN json_each(s.value, '$.amounts') AS e
                    WHERE s.id = c.review AND json_extract(e.value, '$.ore') = b.ore
                )
            )
    ) AS uppdrag_id,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || b.page || '?belopp=' || b.number AS lank
FROM amount AS b
JOIN document AS d ON d.id = b.document;

DROP VIEW paragrafer;
CREATE VIEW paragrafer AS
SELECT
    p.label AS paragraf,
    p.heading AS rubrik,
    p.diary_number AS diarienummer,
    coalesce((SELECT swedish FROM label WHERE field = 'outcome' AND code = p.outcome), p.outcome) AS utfall,
    (SELECT count(*) FROM current_row AS c WHERE c.document = p.document AND c.paragraph = p.number) AS antal_uppdrag,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    p.page AS sida,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || p.page || '?paragraf=' || p.number AS lank
FROM paragraph AS p
JOIN document AS d ON d.id = p.document;

CREATE INDEX current_row_review ON current_row (review) WHERE review IS NOT NULL;
-- The weaker acts are few among many.
CREATE INDEX assignment_other_act ON assignment (act, meeting_date) WHERE act <> 'assignment' AND duplicate_of IS NULL;
-- Lists and counts of documents, without reading the documents' own rows.
CREATE INDEX document_body ON document (body, meeting_from, kind, status);
CREATE INDEX document_kind ON document (kind, meeting_from);
CREATE INDEX document_status ON document (status, meeting_from);

-- Threads: the same names and columns. The document's name is looked up for the rows that are read, and the state of today is told
-- without a look-up, so that counts and facets read an index alone.
DROP VIEW trad;
CREATE VIEW trad AS
SELECT
    CASE t.state_today
        WHEN 'open' THEN 'öppet' WHEN 'interim' THEN 'delrapporterat' WHEN 'reported' THEN 'återrapporterat' WHEN 'closed' THEN 'avslutat'
        WHEN 'withdrawn' THEN 'avfört' WHEN 'overdue' THEN 'försenat' WHEN 'unknown' THEN 'okänt' ELSE t.state_today
    END AS lage,
    t.assigner_names AS uppdragsgivare,
    t.assignee_names AS mottagare,
    t.task AS uppgift,
    t.given_date AS givet_datum,
    t.given_paragraph AS givet_paragraf,
    t.given_point AS givet_punkt,
    t.diary_number AS diarienummer,
    t.deadline_first AS tidsfrist_fran,
    t.deadline_last AS tidsfrist_till,
    t.deadline_raw AS tidsfrist_text,
    CASE t.deadline_moved WHEN 1 THEN 'ja' ELSE 'nej' END AS tidsfrist_flyttad,
    t.report_to_names AS aterrapporteras_till,
    t.interim_date AS delrapporterat_datum,
    t.reported_date AS aterrapporterat_datum,
    (SELECT swedish FROM label WHERE field = 'event' AND code = t.accepted_kind) AS godtaget,
    t.accepted_date AS godtaget_datum,
    CASE t.accepted_status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' END AS godtaget_status,
    t.closed_date AS avslutat_datum,
    CASE t.closed_status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' END AS avslutat_status,
    t.withdrawn_date AS avfort_datum,
    nullif(t.gap, '') AS lucka,
    t.body AS organ,
    (SELECT swedish FROM label WHERE field = 'given_basis' AND code = t.given_basis) AS givet_grund,
    t.last_date AS senaste_datum,
    t.events AS antal_handelser,
    t.documents AS antal_dokument,
    t.doubtful AS tveksamma_lankar,
    round(t.confidence, 2) AS sakerhet,
    t.state_today AS lagekod,
    t.organisation AS organisation,
    t.id AS trad_id,
    (SELECT d.name FROM document AS d WHERE d.sha256 = t.document) AS dokument,
    t.page AS sida,
    t.document AS dokument_id,
    '/-/sida/' || t.document || '/' || t.page || '?uppdrag=' || t.id AS lank
FROM thread_today AS t;

DROP VIEW tradhandelse;
CREATE VIEW tradhandelse AS
SELECT
    e.date AS datum,
    (SELECT swedish FROM label WHERE field = 'event' AND code = e.kind) AS handelse,
    CASE e.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' END AS status,
    e.body AS organ,
    e.text AS text,
    e.deadline_first AS tidsfrist_fran,
    e.deadline_last AS tidsfrist_till,
    e.deadline_raw AS tidsfrist_text,
    (SELECT swedish FROM label WHERE field = 'date_basis' AND code = e.date_basis) AS datum_grund,
    (SELECT d.name FROM document AS d WHERE d.sha256 = e.document) AS dokument,
    e.page AS sida,
    e.paragraph_label AS paragraf,
    e.rule AS regel,
    round(e.confidence, 2) AS sakerhet,
    e.kind AS handelsekod,
    e.record AS uppdrag_id,
    e.thread AS trad_id,
    e.ordinal AS ordning,
    e.document AS dokument_id,
    '/-/sida/' || e.document || '/' || e.page || '?uppdrag=' || e.record AS lank
FROM thread_event AS e;

DROP VIEW tradlank;
CREATE VIEW tradlank AS
SELECT
    (SELECT swedish FROM label WHERE field = 'link' AND code = l.standing) AS lage,
    round(l.confidence, 2) AS sakerhet,
    l.evidence AS bevis,
    l.rule AS regel,
    (SELECT d.name FROM document AS d WHERE d.sha256 = l.document) AS dokument,
    l.page AS sida,
    l.record AS uppdrag_id,
    l.other AS annat_uppdrag_id,
    l.thread AS trad_id,
    l.document AS dokument_id,
    '/-/sida/' || l.document || '/' || l.page || '?uppdrag=' || l.record AS lank
FROM thread_link AS l;

CREATE INDEX thread_standing ON thread (state, deadline_last, body);
CREATE INDEX thread_body_deadline ON thread (body, deadline_last, state);
CREATE INDEX thread_reported ON thread (reported_date, given_date, body) WHERE reported_date IS NOT NULL;
CREATE INDEX thread_closed ON thread (closed_date, withdrawn_date, body);

-- The order the view of dates is read in.
CREATE INDEX date_mention_first ON date_mention (first);
