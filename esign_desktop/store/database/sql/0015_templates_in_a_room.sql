-- Data for the list of templates. A template created earlier has no name and no form until its PDF is supplied.
ALTER TABLE templates ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- Pages and fields, as JSON.
ALTER TABLE templates ADD COLUMN form TEXT NOT NULL DEFAULT '';
-- 0 if the template was removed from the list. Its content is still recorded, so that it is not created twice.
ALTER TABLE templates ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 1;
-- 1 if the platform reported the template as unknown.
ALTER TABLE templates ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE templates ADD COLUMN use_count INTEGER NOT NULL DEFAULT 0;
