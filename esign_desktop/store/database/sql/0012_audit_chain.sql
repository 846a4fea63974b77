-- The audit log as a hash chain: ``chain`` is a digest of the line and of the previous line's chain. Lines of earlier
-- versions have no chain; the first chained line covers all of them.
-- A title enters the chain as a salted digest, which remains when a person is erased. Without the salt, the digest
-- reveals nothing.
ALTER TABLE audit ADD COLUMN title_salt TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN title_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN chain TEXT NOT NULL DEFAULT '';

CREATE TRIGGER audit_forgets AFTER UPDATE OF title ON audit
WHEN NEW.title_salt <> '' AND NEW.title IS NOT OLD.title
BEGIN
    UPDATE audit SET title_salt = '' WHERE seq = NEW.seq;
END;
