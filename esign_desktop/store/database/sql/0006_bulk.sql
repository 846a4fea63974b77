-- Sheets sent row by row. Only a keyed digest of each row is stored: it is unreadable but identifies the row.
CREATE TABLE bulk_runs (
    id          TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    preset_id   TEXT NOT NULL,
    sheet_path  TEXT NOT NULL,
    worksheet   TEXT NOT NULL,
    columns     TEXT NOT NULL,
    row_count   INTEGER NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    -- NULL if the program ended or the user paused before all rows were sent.
    ended_at_ms INTEGER
) STRICT;

-- The draft as which a row is sent. A corrected row is also recorded under its original content.
CREATE TABLE bulk_rows (
    digest     TEXT PRIMARY KEY,
    attempt    INTEGER NOT NULL,
    draft_id   TEXT NOT NULL,
    run_id     TEXT NOT NULL REFERENCES bulk_runs (id),
    is_as_read INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bulk_rows_by_run ON bulk_rows (run_id);

-- The chosen target of a column, by a keyed digest of its heading; in a sheet without headings, the first cell may be a
-- person's name.
CREATE TABLE bulk_columns (
    preset_id TEXT NOT NULL,
    heading   TEXT NOT NULL,
    target    TEXT NOT NULL,
    PRIMARY KEY (preset_id, heading)
) STRICT, WITHOUT ROWID;

-- Find the flow of a row's submission.
CREATE INDEX flows_by_submission ON flows (submission_id);
