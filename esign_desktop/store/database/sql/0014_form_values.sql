-- What the forms of a draft are filled with, by document, sealed as JSON; its body holds none of it. Bodies of before
-- are sealed when the program starts.
ALTER TABLE drafts ADD COLUMN form_values BLOB NOT NULL DEFAULT x'';
