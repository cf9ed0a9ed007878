-- A record that prints what another one prints, in another document (an extract, the same minutes sent with a summons), hangs on that one:
-- it is linked to it, and nothing else is compared with it.
ALTER TABLE thread_record ADD COLUMN copy_of INTEGER;
