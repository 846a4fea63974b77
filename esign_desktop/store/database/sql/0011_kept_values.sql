-- What the forms of a sent contract were filled with, until the contract is completed or given up: a correction needs
-- it again, and the journal holds none of it once the platform has made the document.
CREATE TABLE kept_values (
    submission_id  TEXT NOT NULL,
    document_index INTEGER NOT NULL,
    -- Names and values as JSON, sealed.
    fields         BLOB NOT NULL,
    -- When the contract ended without success; NULL while it can still be signed.
    ended_at_ms    INTEGER,
    PRIMARY KEY (submission_id, document_index)
) STRICT;

-- Whose package a contract is paid from; empty for the integrating application's own.
ALTER TABLE flows ADD COLUMN payer_account_id TEXT NOT NULL DEFAULT '';

-- Why a signature failed or a flow ended, in the words of notices: the flow's own detail tells only what signers wrote.
ALTER TABLE flows ADD COLUMN remarks TEXT NOT NULL DEFAULT '[]';
