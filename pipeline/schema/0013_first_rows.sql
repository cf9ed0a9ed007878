-- A filter and the order of the view from one index, so that the first rows are read and no others.
DROP INDEX current_row_body;
CREATE INDEX current_row_body ON current_row (body, meeting_date, status);
DROP INDEX current_row_assignee;
CREATE INDEX current_row_assignee ON current_row (assignee_names, meeting_date, status, body);
DROP INDEX current_row_organisation;
CREATE INDEX current_row_organisation ON current_row (organisation, meeting_date, status, body);

-- The same names and columns. The document is looked up for the rows that are read: joined, SQLite would gather every weaker act first.
DROP VIEW ovriga_akter;
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
    (SELECT d.name FROM document AS d WHERE d.id = a.document) AS dokument,
    a.page AS sida,
    round(a.confidence, 2) AS sakerhet,
    a.address AS uppdrag_id,
    a.id AS rad,
    (SELECT '/-/sida/' || d.sha256 || '/' || a.page || '?uppdrag=' || a.address FROM document AS d WHERE d.id = a.document) AS lank
FROM current_assignment AS a
WHERE a.act <> 'assignment' AND a.duplicate_of IS NULL;
