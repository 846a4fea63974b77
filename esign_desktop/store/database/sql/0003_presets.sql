-- Presets. Their PDFs are stored next to the database, named by their SHA-256.
CREATE TABLE presets (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    -- The F key that selects the preset at the counter.
    function_key INTEGER UNIQUE CHECK (function_key BETWEEN 2 AND 8),
    saved_at_ms  INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT;
