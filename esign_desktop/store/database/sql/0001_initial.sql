-- Times are epoch milliseconds. JSON is written by store/codec.py.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    id             TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    document_count INTEGER NOT NULL,
    page_count     INTEGER NOT NULL,
    saved_at_ms    INTEGER NOT NULL,
    body           TEXT NOT NULL
) STRICT;

-- The open draft. It may not have been saved yet, so there is no foreign key.
CREATE TABLE desk (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    draft_id TEXT NOT NULL
) STRICT;

-- Accounts on the platform. Numbers are masked before they are stored.
CREATE TABLE accounts (
    environment      TEXT NOT NULL,
    project_id       TEXT NOT NULL,
    account_id       TEXT NOT NULL,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    third_id         TEXT NOT NULL,
    masked_number    TEXT NOT NULL,
    agent_account_id TEXT NOT NULL,
    last_used_ms     INTEGER NOT NULL,
    PRIMARY KEY (environment, project_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_by_third_id ON accounts (environment, project_id, third_id);

CREATE TABLE flows (
    flow_id        TEXT PRIMARY KEY,
    environment    TEXT NOT NULL,
    project_id     TEXT NOT NULL,
    submission_id  TEXT NOT NULL,
    title          TEXT NOT NULL,
    sent_at_ms     INTEGER NOT NULL,
    deadline_ms    INTEGER,
    contract_count INTEGER NOT NULL,
    status         INTEGER NOT NULL,
    documents      TEXT NOT NULL,
    signers        TEXT NOT NULL,
    detail         TEXT,
    seen_at_ms     INTEGER,
    downloaded_to  TEXT NOT NULL
) STRICT;

CREATE INDEX flows_by_time ON flows (environment, sent_at_ms);

CREATE TABLE submissions (
    id            TEXT PRIMARY KEY,
    environment   TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    title         TEXT NOT NULL,
    queued_at_ms  INTEGER NOT NULL,
    draft         TEXT NOT NULL,
    state         TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX submissions_by_state ON submissions (state);

CREATE TABLE journal_steps (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id  TEXT NOT NULL REFERENCES submissions (id),
    at_ms          INTEGER NOT NULL,
    state          TEXT NOT NULL,
    document_index INTEGER,
    data           TEXT NOT NULL,
    raw            BLOB
) STRICT;

CREATE INDEX journal_steps_by_submission ON journal_steps (submission_id, seq);

-- Recorded responses are never changed.
CREATE TRIGGER journal_steps_stay BEFORE DELETE ON journal_steps
BEGIN
    SELECT RAISE(ABORT, 'the journal only grows');
END;

CREATE TRIGGER journal_steps_keep BEFORE UPDATE ON journal_steps
BEGIN
    SELECT RAISE(ABORT, 'the journal only grows');
END;
