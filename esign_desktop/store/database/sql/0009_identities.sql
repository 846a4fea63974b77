-- An identity (name, kind of document, number) has several accounts in a project, one of them current. number_type is
-- the kind of document as the platform counts them, 0 where it is not known; identity is the keyed digest of kind and number; reach that of the mobile and e-mail with which the account was made, kept_for that
-- of others that the platform would not take for it; all empty where they are not known. sealed holds number, mobile
-- and e-mail under a key in the system's keyring.
ALTER TABLE accounts ADD COLUMN number_type INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN identity TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN reach TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN kept_for TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';

CREATE INDEX accounts_by_identity ON accounts (environment, project_id, identity);

-- The ids that the counter and sheets gave to persons are these digests.
UPDATE accounts SET identity = third_id
WHERE kind = 'person' AND length(third_id) = 40 AND third_id NOT GLOB '*[^0-9a-f]*';
