-- The forms of presets' documents, by which open documents are recognized.
CREATE TABLE preset_forms (
    -- The SHA-256 of the document's PDF, or the word "template" and the template's id.
    id   TEXT PRIMARY KEY,
    -- Keyed hashes of the wording, as encrypted JSON.
    body BLOB NOT NULL
) STRICT;
