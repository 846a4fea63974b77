-- All contacts with whom contracts are prepared. An account belongs to one contact; a contact may not have an account
-- yet. number_type, masked_number and identity are as in accounts. digest is a digest of type and number under the key
-- in the keyring, which is fast to compute. tails are such digests of the last digits of number and mobile number, used
-- for searching. sealed holds number, mobile number and e-mail address; sealed_legal holds the data of the legal
-- representative.
CREATE TABLE contacts (
    id               TEXT PRIMARY KEY,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    folded_name      TEXT NOT NULL,
    number_type      INTEGER NOT NULL,
    masked_number    TEXT NOT NULL,
    identity         TEXT NOT NULL,
    digest           TEXT NOT NULL,
    own_reference    TEXT NOT NULL,
    is_ours          INTEGER NOT NULL,
    -- Width of the contact's own seal, in points; NULL if unknown.
    seal_width_pt    REAL,
    legal_name       TEXT NOT NULL,
    -- Pinyin, initials and name, one per line, in the form used for searching.
    search           TEXT NOT NULL,
    tails            TEXT NOT NULL,
    sealed           BLOB NOT NULL,
    sealed_legal     BLOB NOT NULL,
    contract_count   INTEGER NOT NULL DEFAULT 0,
    last_contract_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX contacts_by_name ON contacts (folded_name);
CREATE INDEX contacts_by_identity ON contacts (identity) WHERE identity <> '';
CREATE INDEX contacts_by_digest ON contacts (digest) WHERE digest <> '';
-- All columns used in a search, in display order; the full rows are three times as long.
CREATE INDEX contacts_searched ON contacts (is_ours DESC, last_contract_ms DESC, search, id, kind, tails);

-- Persons who act for an organization; the one with the lowest rank is the default.
CREATE TABLE contact_agents (
    organization_id TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    person_id       TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    rank            INTEGER NOT NULL,
    PRIMARY KEY (organization_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_agents_by_person ON contact_agents (person_id);

-- Empty until the account's contact has been determined.
ALTER TABLE accounts ADD COLUMN contact_id TEXT NOT NULL DEFAULT '';

CREATE INDEX accounts_by_contact ON accounts (contact_id);
CREATE INDEX accounts_by_id ON accounts (account_id);

-- The accounts in each flow, taken from its signers, to find flows by account.
CREATE TABLE contract_parties (
    account_id TEXT NOT NULL,
    flow_id    TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, flow_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO contract_parties
SELECT told.account_id, told.flow_id, told.sent_at_ms FROM (
    SELECT ifnull(json_extract(signer.value, '$.account_id'), '') AS account_id, flow_id, sent_at_ms
    FROM flows, json_each(iif(json_valid(flows.signers), flows.signers, '[]')) AS signer
    UNION
    SELECT ifnull(json_extract(signer.value, '$.organization_account_id'), ''), flow_id, sent_at_ms
    FROM flows, json_each(iif(json_valid(flows.signers), flows.signers, '[]')) AS signer
) AS told
WHERE told.account_id <> '' AND told.account_id NOT LIKE 'forgotten:%';

-- A contract counts once, even if several accounts of a contact take part in it.
CREATE TRIGGER contract_parties_count AFTER INSERT ON contract_parties
BEGIN
    UPDATE contacts SET
        contract_count = contract_count + NOT EXISTS (
            SELECT 1 FROM accounts AS own JOIN contract_parties AS other ON other.account_id = own.account_id
            WHERE own.contact_id = contacts.id AND other.flow_id = NEW.flow_id AND other.account_id <> NEW.account_id
        ),
        last_contract_ms = max(last_contract_ms, NEW.sent_at_ms)
    WHERE id IN (SELECT contact_id FROM accounts WHERE account_id = NEW.account_id AND contact_id <> '');
END;

CREATE TRIGGER accounts_count AFTER UPDATE OF contact_id ON accounts WHEN NEW.contact_id <> OLD.contact_id
BEGIN
    UPDATE contacts SET (contract_count, last_contract_ms) = (
        SELECT count(DISTINCT party.flow_id), ifnull(max(party.sent_at_ms), 0)
        FROM accounts AS own JOIN contract_parties AS party ON party.account_id = own.account_id
        WHERE own.contact_id = contacts.id
    ) WHERE id IN (NEW.contact_id, OLD.contact_id);
END;
