-- The forms of contracts that were sent from Prepare, so that the next contract on the same form is laid out alike.
CREATE TABLE sent_forms (
    id         TEXT PRIMARY KEY,
    used_at_ms INTEGER NOT NULL,
    -- Keyed hashes of the wording, and how the contract was laid out, as encrypted JSON without data of customers.
    body       BLOB NOT NULL
) STRICT;
