-- A board's list asks for the threads of one body of one organisation: many organisations have a body of the same name.
CREATE INDEX thread_owner ON thread (body, organisation);
