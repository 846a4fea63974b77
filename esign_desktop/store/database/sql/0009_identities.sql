-- An identity (name, document type, number) may have several accounts in a project, one of them current. number_type is
-- the platform's document type, 0 if unknown. Three columns are keyed digests, empty if unknown: identity of type and
-- number; reach of the mobile number and e-mail address with which the account was created; kept_for of others that the
-- platform did not accept for it. sealed holds number, mobile number and e-mail address, encrypted with a key in the
-- system keyring.
ALTER TABLE accounts ADD COLUMN number_type INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN identity TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN reach TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN kept_for TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';

CREATE INDEX accounts_by_identity ON accounts (environment, project_id, identity);

-- The third ids that the counter and bulk sending assigned to persons are these digests.
UPDATE accounts SET identity = third_id
WHERE kind = 'person' AND length(third_id) = 40 AND third_id NOT GLOB '*[^0-9a-f]*';
