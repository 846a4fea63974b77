-- Sheets that were sent row by row. Of a row only a keyed digest is kept: nobody can read it, and it is known again.
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
    -- NULL: the program ended, or somebody paused, before all rows were sent.
    ended_at_ms INTEGER
) STRICT;

-- As which draft a row is sent. A row that was corrected here is known by what the file says, too.
CREATE TABLE bulk_rows (
    digest     TEXT PRIMARY KEY,
    attempt    INTEGER NOT NULL,
    draft_id   TEXT NOT NULL,
    run_id     TEXT NOT NULL REFERENCES bulk_runs (id),
    is_as_read INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bulk_rows_by_run ON bulk_rows (run_id);

-- What a column was chosen for, by a keyed digest of its heading: who has a sheet without headings puts a name there.
CREATE TABLE bulk_columns (
    preset_id TEXT NOT NULL,
    heading   TEXT NOT NULL,
    target    TEXT NOT NULL,
    PRIMARY KEY (preset_id, heading)
) STRICT, WITHOUT ROWID;

-- From a row's submission to its flow.
CREATE INDEX flows_by_submission ON flows (submission_id);
