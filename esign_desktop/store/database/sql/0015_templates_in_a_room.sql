-- What the list of templates shows. A template that was made before has no name and no form until its PDF is given.
ALTER TABLE templates ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- Pages and fields, as JSON.
ALTER TABLE templates ADD COLUMN form TEXT NOT NULL DEFAULT '';
-- 0 for one that was taken off the list: its content is still known, so that it is not made twice.
ALTER TABLE templates ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 1;
-- 1 when the platform has said that it does not know it.
ALTER TABLE templates ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE templates ADD COLUMN use_count INTEGER NOT NULL DEFAULT 0;
