-- A body's charts read an index of its own threads alone; all bodies' read the same one from end to end.
CREATE INDEX thread_body_reported ON thread (body, reported_date, given_date) WHERE reported_date IS NOT NULL;
DROP INDEX thread_reported;
CREATE INDEX thread_body_closed ON thread (body, closed_date, withdrawn_date) WHERE closed_date IS NOT NULL OR withdrawn_date IS NOT NULL;

-- Orders the views are read in, in the words of the views: the largest amounts first, and of what is in doubt the least certain first.
CREATE INDEX current_row_amount ON current_row (amount_ore / 100000000.0);
DROP INDEX current_row_doubt;
CREATE INDEX current_row_doubt ON current_row (round(confidence, 2), meeting_date DESC) WHERE needs_review IS NOT NULL;

-- What no question reads any more: thread_standing begins like thread_state, and lists of assignments read current_row.
DROP INDEX thread_state;
DROP INDEX assignment_current;
DROP INDEX assignment_deadline;
DROP INDEX assignment_meeting;
DROP INDEX assignment_status;
