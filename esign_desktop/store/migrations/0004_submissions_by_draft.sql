-- Before every send: was this contract sent before? The expression is that of store/journal.py.
CREATE INDEX submissions_by_draft ON submissions (json_extract(draft, '$.draft.id'));
