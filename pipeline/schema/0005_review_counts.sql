-- The counts of the queue, without reading the records themselves.
CREATE INDEX assignment_counts ON assignment (body, status, needs_review, confidence, address) WHERE act = 'assignment' AND duplicate_of IS NULL;
