-- Form values of a draft, by document, as encrypted JSON; the body does not contain them. Bodies of earlier versions
-- are encrypted when the program starts.
ALTER TABLE drafts ADD COLUMN form_values BLOB NOT NULL DEFAULT x'';
