-- What analysts see. Names and columns of uppdrag, belopp, datum, dokument and tackning are a contract: add after the last, never
-- rename. Every view ends with `lank`, the address of the page with the value marked.

-- The current value of each assignment. Reviews will be laid over the extraction here, and only here.
CREATE VIEW current_assignment AS
SELECT a.*, 'nej' AS granskad
FROM assignment AS a;

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
    '/-/sida/' || d.sha256 || '/' || a.page || '?uppdrag=' || a.address AS lank
FROM current_assignment AS a
JOIN document AS d ON d.id = a.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

CREATE VIEW ovriga_akter AS
SELECT
    coalesce((SELECT swedish FROM label WHERE field = 'act' AND code = a.act), a.act) AS akt,
    CASE a.status WHEN 'decided' THEN 'beslutat' WHEN 'proposed' THEN 'föreslaget' WHEN 'cited' THEN 'återgivet' ELSE a.status END AS status,
    a.assigner_names AS uppdragsgivare,
    a.assignee_names AS mottagare,
    a.task AS uppgift,
    a.deadline_last AS tidsfrist_till,
    a.body AS organ,
    a.meeting_date AS sammantradesdatum,
    a.paragraph_label AS paragraf,
    d.name AS dokument,
    a.page AS sida,
    round(a.confidence, 2) AS sakerhet,
    a.address AS uppdrag_id,
    a.id AS rad,
    '/-/sida/' || d.sha256 || '/' || a.page || '?uppdrag=' || a.address AS lank
FROM current_assignment AS a
JOIN document AS d ON d.id = a.document
WHERE a.act <> 'assignment' AND a.duplicate_of IS NULL;

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
FROM party AS p
JOIN current_assignment AS a ON a.document = p.document AND a.number = p.assignment
JOIN document AS d ON d.id = p.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

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
FROM deadline AS t
JOIN current_assignment AS a ON a.document = t.document AND a.number = t.assignment
JOIN document AS d ON d.id = t.document
WHERE a.act = 'assignment' AND a.duplicate_of IS NULL;

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
        JOIN current_assignment AS a ON a.document = l.document AND a.number = l.assignment
        WHERE l.document = b.document AND l.amount = b.number AND a.act = 'assignment' AND a.duplicate_of IS NULL
    ) AS uppdrag_id,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || b.page || '?belopp=' || b.number AS lank
FROM amount AS b
JOIN document AS d ON d.id = b.document;

CREATE VIEW procent AS
SELECT
    p.value AS procent,
    p.raw AS som_tryckt,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    p.page AS sida,
    p.rule AS regel,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || p.page || '?procent=' || p.number AS lank
FROM percentage AS p
JOIN document AS d ON d.id = p.document;

CREATE VIEW datum AS
SELECT
    t.first AS fran,
    t.last AS till,
    t.raw AS som_tryckt,
    coalesce((SELECT swedish FROM label WHERE field = 'precision' AND code = t.precision), t.precision) AS noggrannhet,
    coalesce((SELECT swedish FROM label WHERE field = 'basis' AND code = t.basis), t.basis) AS ar_enligt,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    t.page AS sida,
    t.rule AS regel,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || t.page || '?datum=' || t.number AS lank
FROM date_mention AS t
JOIN document AS d ON d.id = t.document;

CREATE VIEW hanvisningar AS
SELECT
    r.normalized AS hanvisar_till,
    coalesce((SELECT swedish FROM label WHERE field = 'reference' AND code = r.kind), r.kind) AS slag,
    r.raw AS som_tryckt,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    r.page AS sida,
    r.rule AS regel,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || r.page || '?hanvisning=' || r.number AS lank
FROM reference AS r
JOIN document AS d ON d.id = r.document;

CREATE VIEW personer AS
SELECT
    p.name AS namn,
    p.role AS roll,
    p.raw AS som_tryckt,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    p.page AS sida,
    p.rule AS regel,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || p.page || '?person=' || p.number AS lank
FROM person AS p
JOIN document AS d ON d.id = p.document;

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
JOIN document AS d ON d.id = n.document;

CREATE VIEW paragrafer AS
SELECT
    p.label AS paragraf,
    p.heading AS rubrik,
    p.diary_number AS diarienummer,
    coalesce((SELECT swedish FROM label WHERE field = 'outcome' AND code = p.outcome), p.outcome) AS utfall,
    (
        SELECT count(*)
        FROM current_assignment AS a
        WHERE a.document = p.document AND a.paragraph = p.number AND a.act = 'assignment' AND a.duplicate_of IS NULL
    ) AS antal_uppdrag,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    p.page AS sida,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || p.page || '?paragraf=' || p.number AS lank
FROM paragraph AS p
JOIN document AS d ON d.id = p.document;

CREATE VIEW avvikelser AS
SELECT
    i.message AS meddelande,
    i.code AS kod,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    i.page AS sida,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/' || coalesce(i.page, 1) || '?avvikelse=' || i.number AS lank
FROM issue AS i
JOIN document AS d ON d.id = i.document;

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
    d.assignments AS antal_uppdrag,
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
    d.assignments AS uppdrag,
    d.needs_review AS behover_ses_over,
    d.issues AS avvikelser,
    d.sha256 AS dokument_id,
    '/-/sida/' || d.sha256 || '/1' AS lank
FROM document AS d;

CREATE VIEW sidor AS
SELECT
    p.number AS sida,
    p.text AS text,
    coalesce((SELECT swedish FROM label WHERE field = 'reader' AND code = p.reader), p.reader) AS lasning,
    p.reason AS skal,
    round(p.confidence, 2) AS sakerhet,
    d.body AS organ,
    d.meeting_from AS sammantradesdatum,
    d.name AS dokument,
    d.sha256 AS dokument_id,
    p.id AS rad,
    '/-/sida/' || d.sha256 || '/' || p.number AS lank
FROM page AS p
JOIN document AS d ON d.id = p.document;

CREATE VIEW filer AS
SELECT
    f.path AS sokvag,
    CASE
        WHEN EXISTS (SELECT 1 FROM file AS e WHERE e.sha256 = f.sha256 AND e.path < f.path) THEN 'dubblett'
        ELSE coalesce((SELECT swedish FROM label WHERE field = 'file' AND code = f.status), f.status)
    END AS status,
    f.message AS meddelande,
    (SELECT min(e.path) FROM file AS e WHERE e.sha256 = f.sha256 AND e.path < f.path) AS samma_som,
    f.size AS storlek,
    datetime(f.mtime / 1000000000, 'unixepoch') AS andrad,
    f.sha256 AS dokument_id,
    CASE WHEN EXISTS (SELECT 1 FROM document AS d WHERE d.sha256 = f.sha256 AND d.pages > 0) THEN '/-/sida/' || f.sha256 || '/1' END AS lank
FROM file AS f;

CREATE VIEW handling_fel AS
SELECT
    f.path AS sokvag,
    coalesce((SELECT swedish FROM label WHERE field = 'file' AND code = f.status), f.status) AS status,
    f.message AS meddelande,
    f.size AS storlek,
    f.sha256 AS dokument_id
FROM file AS f
WHERE f.status NOT IN ('read', 'read_by_ocr');
