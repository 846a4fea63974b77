-- Lists read only the changes since their last query: every change of a flow gives it the next revision number.
ALTER TABLE flows ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- SHA-256 of the files in downloaded_to, in the same order.
ALTER TABLE flows ADD COLUMN downloaded_sha256 TEXT NOT NULL DEFAULT '[]';

UPDATE flows SET revision = rowid;

CREATE INDEX flows_by_revision ON flows (revision);
CREATE INDEX flows_by_status ON flows (environment, project_id, status);

CREATE TRIGGER flows_added AFTER INSERT ON flows
BEGIN
    UPDATE flows SET revision = (SELECT max(revision) + 1 FROM flows) WHERE rowid = NEW.rowid;
END;

CREATE TRIGGER flows_changed
AFTER UPDATE OF deadline_ms, status, documents, signers, detail, seen_at_ms, downloaded_to ON flows
BEGIN
    UPDATE flows SET revision = (SELECT max(revision) + 1 FROM flows) WHERE rowid = NEW.rowid;
END;

-- Actions on this computer and the users who performed them; names are the only personal data.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms       INTEGER NOT NULL,
    who         TEXT NOT NULL,
    action      TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow_id     TEXT NOT NULL,
    title       TEXT NOT NULL,
    outcome     TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

-- Verified notices waiting for a docdetail query. Their content is not trusted, so it is not stored.
CREATE TABLE notices (
    digest         TEXT PRIMARY KEY,
    flow_id        TEXT NOT NULL,
    environment    TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    is_settled     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_open ON notices (is_settled, received_at_ms);
