-- Before each submission, the program checks whether the contract was sent before. A column of its own can be indexed
-- by every SQLite version.
DROP INDEX IF EXISTS submissions_by_draft;
ALTER TABLE submissions ADD COLUMN draft_id TEXT NOT NULL DEFAULT '';

UPDATE submissions SET draft_id = ifnull(json_extract(draft, '$.draft.id'), '') WHERE json_valid(draft);

CREATE INDEX submissions_by_draft ON submissions (draft_id);
