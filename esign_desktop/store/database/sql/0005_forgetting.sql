-- A person being erased: their identifiers until no file contains them any more, then an empty text until the database
-- has been rewritten.
CREATE TABLE forgetting (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    traces TEXT NOT NULL
) STRICT;

-- An erasure is the only reason to change append-only tables.
DROP TRIGGER journal_steps_keep;

CREATE TRIGGER journal_steps_keep BEFORE UPDATE ON journal_steps
WHEN NOT EXISTS (SELECT 1 FROM forgetting)
BEGIN
    SELECT RAISE(ABORT, 'the journal only grows');
END;

DROP TRIGGER audit_keeps;

CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
WHEN NOT EXISTS (SELECT 1 FROM forgetting)
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

-- A title can change too.
DROP TRIGGER flows_changed;

CREATE TRIGGER flows_changed
AFTER UPDATE OF title, deadline_ms, status, documents, signers, detail, seen_at_ms, downloaded_to ON flows
BEGIN
    UPDATE flows SET revision = (SELECT max(revision) + 1 FROM flows) WHERE rowid = NEW.rowid;
END;
