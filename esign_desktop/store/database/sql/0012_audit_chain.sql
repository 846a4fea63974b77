-- Each line of the audit log is bound to all before it: ``chain`` is a digest over the line and the chain of the one
-- before. Lines of earlier versions have none; the first that has one is bound to all of them.
-- A title takes part as a salted digest: it stays when a person is forgotten, and without its salt it tells nobody who.
ALTER TABLE audit ADD COLUMN title_salt TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN title_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN chain TEXT NOT NULL DEFAULT '';

CREATE TRIGGER audit_forgets AFTER UPDATE OF title ON audit
WHEN NEW.title_salt <> '' AND NEW.title IS NOT OLD.title
BEGIN
    UPDATE audit SET title_salt = '' WHERE seq = NEW.seq;
END;
