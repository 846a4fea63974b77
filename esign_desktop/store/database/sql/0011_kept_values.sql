-- Form values of a sent contract, kept until the contract is completed or abandoned. A correction needs them, and the
-- journal no longer holds them once the platform has created the document.
CREATE TABLE kept_values (
    submission_id  TEXT NOT NULL,
    document_index INTEGER NOT NULL,
    -- Names and values as JSON, encrypted.
    fields         BLOB NOT NULL,
    -- Time at which the contract ended without success; NULL while it can still be signed.
    ended_at_ms    INTEGER,
    PRIMARY KEY (submission_id, document_index)
) STRICT;

-- The account whose package pays for the contract; empty for the integrating application's own.
ALTER TABLE flows ADD COLUMN payer_account_id TEXT NOT NULL DEFAULT '';

-- Reasons for a failed signature or the end of a flow, from notices; docdetail reports only the signers' own remarks.
ALTER TABLE flows ADD COLUMN remarks TEXT NOT NULL DEFAULT '[]';
