-- The extraction tables. One writer (pipeline/store.py); reviews get tables of their own and never touch these.
-- Everything of a document hangs on document(id) and goes with it. `id` columns are numbers of this database alone: what lasts
-- is document.sha256 and assignment.address.

CREATE TABLE file (
    path TEXT PRIMARY KEY,
    sha256 TEXT,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    status TEXT NOT NULL,
    message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX file_sha256 ON file (sha256, path);

CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    reading_status TEXT NOT NULL,
    message TEXT,
    pdf_title TEXT,
    producer TEXT,
    created TEXT,
    status TEXT NOT NULL CHECK (status IN ('ok', 'partial', 'failed')),
    kind TEXT NOT NULL,
    title TEXT,
    body TEXT,
    organisation TEXT,
    meeting_from TEXT,
    meeting_to TEXT,
    diary_number TEXT,
    -- Counted when the rows are made, so that coverage of 100,000 documents is one pass over one table.
    pages INTEGER NOT NULL,
    pages_ocr INTEGER NOT NULL,
    pages_without_text INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    lines_removed INTEGER NOT NULL,
    paragraphs INTEGER NOT NULL,
    paragraphs_assignments INTEGER NOT NULL,
    paragraphs_decision INTEGER NOT NULL,
    paragraphs_no_decision INTEGER NOT NULL,
    paragraphs_unread INTEGER NOT NULL,
    assignments INTEGER NOT NULL,
    needs_review INTEGER NOT NULL,
    issues INTEGER NOT NULL
) STRICT;
CREATE INDEX document_meeting ON document (meeting_from, body);

CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    width REAL NOT NULL,
    height REAL NOT NULL,
    reader TEXT NOT NULL,
    reason TEXT,
    confidence REAL,
    lines INTEGER NOT NULL,
    lines_removed INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (document, number)
) STRICT;

CREATE TABLE paragraph (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    heading TEXT NOT NULL,
    diary_number TEXT,
    outcome TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX paragraph_diary_number ON paragraph (diary_number);

CREATE TABLE assignment (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    address TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    act TEXT NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL,
    task TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    task_start INTEGER NOT NULL,
    task_stop INTEGER NOT NULL,
    task_boxes TEXT NOT NULL,
    paragraph INTEGER,
    paragraph_label TEXT,
    section TEXT,
    -- What lists, facets and filters need stands in the row itself: a million assignments are filtered without a join.
    assigner_names TEXT,
    assignee_names TEXT,
    partner_names TEXT,
    report_to_names TEXT,
    deadline_first TEXT,
    deadline_last TEXT,
    deadline_raw TEXT,
    amount_ore INTEGER,
    body TEXT,
    meeting_date TEXT,
    diary_number TEXT,
    source_body TEXT,
    source_date TEXT,
    source_paragraph TEXT,
    source_diary_number TEXT,
    source_point TEXT,
    done INTEGER CHECK (done IN (0, 1)),
    duplicate_of TEXT,
    confidence REAL NOT NULL,
    needs_review TEXT,
    rules TEXT NOT NULL,
    UNIQUE (document, number)
) STRICT;
CREATE INDEX assignment_current ON assignment (body, meeting_date) WHERE act = 'assignment' AND duplicate_of IS NULL;
CREATE INDEX assignment_deadline ON assignment (deadline_last) WHERE act = 'assignment' AND duplicate_of IS NULL;
CREATE INDEX assignment_meeting ON assignment (meeting_date) WHERE act = 'assignment' AND duplicate_of IS NULL;
CREATE INDEX assignment_status ON assignment (status) WHERE act = 'assignment' AND duplicate_of IS NULL;
CREATE INDEX assignment_doubt ON assignment (confidence) WHERE needs_review IS NOT NULL;
CREATE INDEX assignment_diary_number ON assignment (diary_number);

CREATE TABLE party (
    document INTEGER NOT NULL,
    assignment INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('assigner', 'assignee', 'partner', 'report_to')),
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    raw TEXT,
    basis TEXT NOT NULL,
    rule TEXT,
    page INTEGER,
    start INTEGER,
    stop INTEGER,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, assignment, role, ordinal),
    FOREIGN KEY (document, assignment) REFERENCES assignment (document, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX party_name ON party (name, role);

CREATE TABLE deadline (
    document INTEGER NOT NULL,
    assignment INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    raw TEXT NOT NULL,
    kind TEXT NOT NULL,
    first TEXT,
    last TEXT,
    precision TEXT NOT NULL,
    basis TEXT NOT NULL,
    body TEXT,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, assignment, ordinal),
    FOREIGN KEY (document, assignment) REFERENCES assignment (document, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_last ON deadline (last);

CREATE TABLE cue (
    document INTEGER NOT NULL,
    assignment INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    effect TEXT NOT NULL,
    rule TEXT NOT NULL,
    why TEXT NOT NULL,
    page INTEGER,
    start INTEGER,
    stop INTEGER,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, assignment, ordinal),
    FOREIGN KEY (document, assignment) REFERENCES assignment (document, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE amount (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    raw TEXT NOT NULL,
    ore INTEGER,
    year INTEGER,
    kind TEXT,
    concerns TEXT,
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignment_amount (
    document INTEGER NOT NULL,
    assignment INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (document, assignment, ordinal),
    FOREIGN KEY (document, assignment) REFERENCES assignment (document, number) ON DELETE CASCADE,
    FOREIGN KEY (document, amount) REFERENCES amount (document, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_amount_amount ON assignment_amount (document, amount);

CREATE TABLE percentage (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    raw TEXT NOT NULL,
    value REAL NOT NULL,
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE date_mention (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    raw TEXT NOT NULL,
    first TEXT,
    last TEXT,
    precision TEXT NOT NULL,
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reference (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    raw TEXT NOT NULL,
    kind TEXT NOT NULL,
    normalized TEXT NOT NULL,
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_normalized ON reference (normalized);

CREATE TABLE person (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT,
    raw TEXT NOT NULL,
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_name ON person (name);

CREATE TABLE not_assignment (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT NOT NULL,
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    page INTEGER,
    start INTEGER,
    stop INTEGER,
    boxes TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_code ON issue (code);

-- Codes of the extraction in the words people read. A code without a row here is shown as it is.
CREATE TABLE label (
    field TEXT NOT NULL,
    code TEXT NOT NULL,
    swedish TEXT NOT NULL,
    PRIMARY KEY (field, code)
) STRICT, WITHOUT ROWID;
INSERT INTO label (field, code, swedish) VALUES
    ('status', 'decided', 'beslutat'),
    ('status', 'proposed', 'föreslaget'),
    ('status', 'cited', 'återgivet'),
    ('act', 'assignment', 'uppdrag'),
    ('act', 'exhortation', 'uppmaning'),
    ('act', 'reporting_duty', 'redovisningsskyldighet'),
    ('act', 'target', 'mål'),
    ('act', 'appointment', 'utseende'),
    ('act', 'follow_up', 'uppföljning'),
    ('role', 'assigner', 'uppdragsgivare'),
    ('role', 'assignee', 'mottagare'),
    ('role', 'partner', 'samverkande'),
    ('role', 'report_to', 'återrapporteras till'),
    ('file', 'read', 'läst'),
    ('file', 'read_by_ocr', 'läst med OCR'),
    ('file', 'needs_ocr', 'saknar text'),
    ('file', 'encrypted', 'krypterad'),
    ('file', 'broken', 'trasig'),
    ('file', 'empty', 'tom'),
    ('file', 'not_pdf', 'ingen PDF'),
    ('file', 'timed_out', 'tog för lång tid'),
    ('file', 'crashed', 'läsaren kraschade'),
    ('file', 'missing', 'finns inte'),
    ('file', 'unreadable', 'får inte läsas'),
    ('file', 'no_pdfs', 'mapp utan PDF'),
    ('document', 'ok', 'klart'),
    ('document', 'partial', 'något behöver ses över'),
    ('document', 'failed', 'ej läst'),
    ('outcome', 'assignments', 'uppdrag'),
    ('outcome', 'decision', 'beslut utan uppdrag'),
    ('outcome', 'no_decision', 'inget beslut'),
    ('outcome', 'unread', 'ej tolkad'),
    ('reader', 'pdfium', 'textlager'),
    ('reader', 'pdfplumber', 'textlager, noggrant'),
    ('reader', 'tesseract', 'OCR'),
    ('reader', 'none', 'ingen text'),
    ('deadline', 'due', 'ska vara klart'),
    ('deadline', 'report', 'ska redovisas'),
    ('deadline', 'interim_report', 'delredovisning'),
    ('deadline', 'final_report', 'slutredovisning'),
    ('deadline', 'period', 'period'),
    ('deadline', 'window', 'tidsfönster'),
    ('deadline', 'event', 'händelse'),
    ('deadline', 'recurring', 'återkommande'),
    ('deadline', 'vague', 'obestämd'),
    ('deadline', 'start', 'start'),
    ('deadline', 'effect', 'börjar gälla'),
    ('deadline', 'decide_target', 'ska beslutas'),
    ('precision', 'day', 'dag'),
    ('precision', 'day_range', 'dagar'),
    ('precision', 'month', 'månad'),
    ('precision', 'month_range', 'månader'),
    ('precision', 'month_end', 'månadens slut'),
    ('precision', 'quarter', 'kvartal'),
    ('precision', 'season', 'årstid'),
    ('precision', 'year', 'år'),
    ('precision', 'year_range', 'flera år'),
    ('precision', 'half', 'halvår'),
    ('precision', 'part_of_month', 'del av månad'),
    ('precision', 'part_of_year', 'del av år'),
    ('precision', 'week', 'vecka'),
    ('precision', 'rest_of_year', 'resten av året'),
    ('precision', 'impossible', 'omöjlig dag'),
    ('precision', 'event', 'händelse'),
    ('precision', 'recurring', 'återkommande'),
    ('precision', 'year_end', 'årets slut'),
    ('precision', 'vague', 'obestämd'),
    ('basis', 'printed', 'utskrivet'),
    ('basis', 'sign_printed', 'tecknet utskrivet'),
    ('basis', 'sign_word', 'tecknet av ett ord'),
    ('basis', 'sentence', 'meningen'),
    ('basis', 'meeting', 'sammanträdet'),
    ('basis', 'document', 'dokumentet'),
    ('basis', 'organisation', 'organisationens regler'),
    ('basis', 'heading', 'rubriken'),
    ('basis', 'lead_in', 'ingressen'),
    ('basis', 'list', 'listan'),
    ('basis', 'assigner', 'uppdragsgivaren'),
    ('basis', 'section', 'avsnittet'),
    ('basis', 'inferred', 'slutledning'),
    ('basis', 'unknown', 'okänt'),
    ('amount', 'forecast', 'prognos'),
    ('amount', 'deviation', 'avvikelse'),
    ('amount', 'effect', 'effekt'),
    ('amount', 'allocation', 'tilldelning'),
    ('amount', 'ceiling', 'tak'),
    ('amount', 'cost', 'kostnad'),
    ('amount', 'target', 'mål'),
    ('amount', 'budget', 'budget'),
    ('amount', 'capital', 'kapital'),
    ('amount', 'grant', 'bidrag'),
    ('amount', 'income', 'intäkt'),
    ('amount', 'investment', 'investering'),
    ('amount', 'loan', 'lån'),
    ('amount', 'price', 'pris'),
    ('amount', 'result', 'resultat'),
    ('reference', 'paragraph', 'paragraf'),
    ('reference', 'diary', 'diarienummer'),
    ('reference', 'meeting', 'sammanträde'),
    ('reference', 'law', 'lag'),
    ('reference', 'document', 'handling'),
    ('reference', 'printed_matter', 'trycksak'),
    ('reason', 'refused', 'avslaget'),
    ('reason', 'withdrawn', 'återtaget'),
    ('reason', 'motion', 'bara yrkat'),
    ('reason', 'negated', 'nekat'),
    ('reason', 'seat', 'uppdrag som förtroendevald');
