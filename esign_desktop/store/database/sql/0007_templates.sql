-- Templates created on the platform, which returns their ids only once. They are identified by the content of their
-- PDF; names are not stored.
CREATE TABLE templates (
    id            TEXT PRIMARY KEY,
    environment   TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    -- Empty while it is unknown whether the template was created.
    template_id   TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX templates_by_content ON templates (environment, project_id, sha256);
