-- Follow-up through time. `report` is of the extraction (one writer: pipeline/store.py), `link_decision` of people (one writer:
-- pipeline/review/link_ledger.py, append-only), all tables called thread… are derived from those and can be thrown away and made
-- anew at any time (one writer: pipeline/follow_up).

-- A sentence that tells what became of an assignment: reported, noted, approved, closed, withdrawn, or given another deadline.
-- assignment is the number, in the same document, of the one the sentence itself tells of; NULL where only the § or a number says which.
CREATE TABLE report (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    address TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN (
        'reported_in_part', 'reported', 'noted', 'approved', 'closed', 'not_closed', 'withdrawn', 'deadline_moved'
    )),
    status TEXT NOT NULL CHECK (status IN ('decided', 'proposed', 'cited')),
    text TEXT NOT NULL,
    subject TEXT,
    body TEXT,
    date TEXT,
    date_basis TEXT NOT NULL,
    paragraph INTEGER,
    paragraph_label TEXT,
    diary_number TEXT,
    assignment INTEGER,
    source_body TEXT,
    source_date TEXT,
    source_paragraph TEXT,
    source_point TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

-- What people have decided about links: that two records are the same assignment (confirm, make) or are not (cut). Nothing here is
-- ever changed or removed; undoing is one more row that names what it takes back.
CREATE TABLE link_decision (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('confirm', 'cut', 'make', 'undo')),
    record TEXT NOT NULL,
    other TEXT NOT NULL CHECK (other <> record),
    why TEXT,
    undoes INTEGER UNIQUE REFERENCES link_decision (id),
    CHECK ((action = 'undo') = (undoes IS NOT NULL))
) STRICT;
CREATE INDEX link_decision_record ON link_decision (record, other);
CREATE INDEX link_decision_other ON link_decision (other);
CREATE TRIGGER link_decision_keeps BEFORE UPDATE ON link_decision
BEGIN SELECT raise(ABORT, 'Beslut om länkar ändras aldrig: gör ett nytt i stället.'); END;
CREATE TRIGGER link_decision_stays BEFORE DELETE ON link_decision
BEGIN SELECT raise(ABORT, 'Beslut om länkar tas aldrig bort: ångra dem i stället.'); END;
CREATE TRIGGER link_decision_once BEFORE INSERT ON link_decision WHEN EXISTS (SELECT 1 FROM link_decision WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'Beslut om länkar skrivs aldrig över: gör ett nytt i stället.'); END;

-- What holds now: of each pair the latest decision that no standing undo takes back. An undo cannot itself be undone: decide anew.
CREATE VIEW current_link_decision AS
SELECT min(l.record, l.other) AS record, max(l.record, l.other) AS other, l.action AS action, l.id AS id, l.who AS who, l.at AS at, l.why AS why
FROM link_decision AS l
WHERE l.action <> 'undo'
    AND NOT EXISTS (SELECT 1 FROM link_decision AS u WHERE u.undoes = l.id)
    AND NOT EXISTS (
        SELECT 1 FROM link_decision AS n
        WHERE n.id > l.id AND n.action <> 'undo' AND n.record IN (l.record, l.other) AND n.other IN (l.record, l.other)
            AND NOT EXISTS (SELECT 1 FROM link_decision AS u WHERE u.undoes = n.id)
    );

-- What each document was linked as, so that only what changed is linked again.
CREATE TABLE thread_document (
    sha256 TEXT PRIMARY KEY,
    mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A record is a mention of an assignment, or a report that names none in its own sentence. It is in one thread at most; a report that
-- could be tied to nothing is in none.
CREATE TABLE thread_record (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('assignment', 'report')),
    document TEXT NOT NULL,
    thread TEXT,
    mark TEXT NOT NULL
) STRICT;
CREATE INDEX thread_record_document ON thread_record (document);
CREATE INDEX thread_record_thread ON thread_record (thread);

-- Blocking: only records that share a key are compared. A key is a hash of what is printed or of some of the words.
CREATE TABLE thread_key (
    key INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES thread_record (id) ON DELETE CASCADE,
    PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_key_record ON thread_key (record);

-- A link says that two records are of one assignment, and on what grounds. record is the later one. standing: joined (both are in one
-- thread by it), doubtful (waits for a person; joins nothing), refused (it would have joined what cannot be one), confirmed, made
-- (by a person), cut (by a person).
CREATE TABLE thread_link (
    record TEXT NOT NULL,
    other TEXT NOT NULL,
    rule TEXT NOT NULL,
    evidence TEXT NOT NULL,
    confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    standing TEXT NOT NULL CHECK (standing IN ('joined', 'doubtful', 'refused', 'confirmed', 'made', 'cut')),
    thread TEXT,
    document TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER,
    stop INTEGER,
    PRIMARY KEY (record, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_link_other ON thread_link (other);
CREATE INDEX thread_link_thread ON thread_link (thread);
CREATE INDEX thread_link_doubtful ON thread_link (confidence DESC, record, other) WHERE standing = 'doubtful';

-- One row an assignment followed through its documents. id is the address of its first record. given_basis: decision (the minutes that
-- gave it are in the archive), printed (a later document says when), unknown. What was reported (reported_…) and what the assigner
-- made of it (accepted_…, closed_…) are kept apart; accepted_status and closed_status tell a decision from a proposal to decide.
CREATE TABLE thread (
    id TEXT PRIMARY KEY,
    organisation TEXT,
    body TEXT,
    assigner_names TEXT,
    assignee_names TEXT,
    report_to_names TEXT,
    task TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'interim', 'reported', 'closed', 'withdrawn', 'unknown')),
    given_date TEXT,
    given_basis TEXT NOT NULL CHECK (given_basis IN ('decision', 'printed', 'unknown')),
    given_paragraph TEXT,
    given_point TEXT,
    diary_number TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    deadline_moved INTEGER NOT NULL CHECK (deadline_moved IN (0, 1)),
    interim_date TEXT,
    reported_date TEXT,
    accepted_kind TEXT,
    accepted_date TEXT,
    accepted_status TEXT,
    closed_date TEXT,
    closed_status TEXT,
    withdrawn_date TEXT,
    last_date TEXT,
    records INTEGER NOT NULL,
    events INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    doubtful INTEGER NOT NULL,
    confidence REAL NOT NULL,
    document TEXT NOT NULL,
    page INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_body ON thread (body, given_date);
CREATE INDEX thread_given ON thread (given_date);
CREATE INDEX thread_state ON thread (state, deadline_last);
CREATE INDEX thread_deadline ON thread (deadline_last);
CREATE INDEX thread_diary_number ON thread (diary_number);

-- One row a thing that happened, in order. date_basis: meeting (the document's meeting), printed (in the sentence), earliest (the
-- document is undated; not before this day), unknown. status: decided, proposed or cited, as for assignments.
CREATE TABLE thread_event (
    thread TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'proposed', 'given', 'cited', 'deadline_moved', 'reported_in_part', 'reported', 'noted', 'approved', 'closed', 'not_closed',
        'withdrawn'
    )),
    date TEXT,
    date_basis TEXT NOT NULL CHECK (date_basis IN ('meeting', 'printed', 'earliest', 'unknown')),
    status TEXT NOT NULL CHECK (status IN ('decided', 'proposed', 'cited')),
    body TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    text TEXT NOT NULL,
    record TEXT NOT NULL,
    rule TEXT NOT NULL,
    confidence REAL NOT NULL,
    paragraph_label TEXT,
    document TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER,
    stop INTEGER,
    boxes TEXT NOT NULL,
    PRIMARY KEY (thread, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_event_date ON thread_event (date, kind);
CREATE INDEX thread_event_document ON thread_event (document);

INSERT INTO label (field, code, swedish) VALUES
    ('state', 'open', 'öppet'),
    ('state', 'interim', 'delrapporterat'),
    ('state', 'reported', 'återrapporterat'),
    ('state', 'closed', 'avslutat'),
    ('state', 'withdrawn', 'avfört'),
    ('state', 'overdue', 'försenat'),
    ('state', 'unknown', 'okänt'),
    ('event', 'proposed', 'föreslaget'),
    ('event', 'given', 'givet'),
    ('event', 'cited', 'återgivet'),
    ('event', 'deadline_moved', 'ny tidsfrist'),
    ('event', 'reported_in_part', 'delrapporterat'),
    ('event', 'reported', 'återrapporterat'),
    ('event', 'noted', 'lagt till handlingarna'),
    ('event', 'approved', 'godkänt'),
    ('event', 'closed', 'förklarat fullgjort'),
    ('event', 'not_closed', 'förklarat ej fullgjort'),
    ('event', 'withdrawn', 'avfört'),
    ('date_basis', 'meeting', 'sammanträdets dag'),
    ('date_basis', 'printed', 'utskrivet'),
    ('date_basis', 'earliest', 'tidigast'),
    ('date_basis', 'unknown', 'okänt'),
    ('given_basis', 'decision', 'beslutet finns i arkivet'),
    ('given_basis', 'printed', 'enligt ett senare dokument'),
    ('given_basis', 'unknown', 'okänt'),
    ('link', 'joined', 'länkad'),
    ('link', 'doubtful', 'tveksam'),
    ('link', 'refused', 'avvisad'),
    ('link', 'confirmed', 'bekräftad'),
    ('link', 'made', 'länkad för hand'),
    ('link', 'cut', 'kapad');

-- The state of a thread as of today; pipeline/follow_up/state.py answers the same for any day, and a test holds the two together.
CREATE VIEW thread_today AS
SELECT
    t.*,
    CASE
        WHEN t.state IN ('open', 'interim') AND t.deadline_last < date('now') THEN 'overdue'
        ELSE t.state
    END AS state_today,
    rtrim(
        CASE WHEN t.given_basis <> 'decision' AND t.state <> 'unknown' THEN 'beslutet som gav uppdraget finns inte i arkivet; ' ELSE '' END
        || CASE WHEN t.state = 'unknown' THEN 'inget beslut om uppdraget hittat till och med ' || date('now') || '; ' ELSE '' END
        || CASE WHEN t.state = 'open' THEN 'ingen återrapport hittad till och med ' || date('now') || '; ' ELSE '' END
        || CASE WHEN t.state = 'interim' THEN 'ingen slutlig återrapport hittad till och med ' || date('now') || '; ' ELSE '' END
        || CASE
            WHEN t.state = 'reported' AND t.accepted_kind IS NULL
                THEN 'inget ställningstagande till återrapporten hittat till och med ' || date('now') || '; '
            WHEN t.state = 'reported' AND t.accepted_status = 'proposed'
                THEN 'ställningstagandet är bara föreslaget: beslutet inte hittat till och med ' || date('now') || '; '
            ELSE ''
        END
        || CASE
            WHEN t.state = 'closed' AND t.closed_status = 'proposed'
                THEN 'att det är fullgjort är bara föreslaget: beslutet inte hittat till och med ' || date('now') || '; '
            ELSE ''
        END
        || CASE WHEN t.deadline_last IS NULL AND t.state IN ('open', 'interim') THEN 'ingen tidsfrist med dag; ' ELSE '' END,
        '; '
    ) AS gap
FROM thread AS t;

CREATE VIEW trad AS
SELECT
    (SELECT swedish FROM label WHERE field = 'state' AND code = t.state_today) AS lage,
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
    d.name AS dokument,
    t.page AS sida,
    t.document AS dokument_id,
    '/-/sida/' || t.document || '/' || t.page || '?uppdrag=' || t.id AS lank
FROM thread_today AS t
LEFT JOIN document AS d ON d.sha256 = t.document;

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
    d.name AS dokument,
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
FROM thread_event AS e
LEFT JOIN document AS d ON d.sha256 = e.document;

CREATE VIEW tradlank AS
SELECT
    (SELECT swedish FROM label WHERE field = 'link' AND code = l.standing) AS lage,
    round(l.confidence, 2) AS sakerhet,
    l.evidence AS bevis,
    l.rule AS regel,
    d.name AS dokument,
    l.page AS sida,
    l.record AS uppdrag_id,
    l.other AS annat_uppdrag_id,
    l.thread AS trad_id,
    l.document AS dokument_id,
    '/-/sida/' || l.document || '/' || l.page || '?uppdrag=' || l.record AS lank
FROM thread_link AS l
LEFT JOIN document AS d ON d.sha256 = l.document;
