-- Templates that were made at the platform, whose ids are told once. Known by the content of their PDF: no name is kept.
CREATE TABLE templates (
    id            TEXT PRIMARY KEY,
    environment   TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    -- Empty as long as nobody knows whether it was made.
    template_id   TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX templates_by_content ON templates (environment, project_id, sha256);
