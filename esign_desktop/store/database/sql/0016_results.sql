-- What was told last of a flow in the file of results, as a digest of its line.
CREATE TABLE results (
    flow_id TEXT PRIMARY KEY,
    digest  TEXT NOT NULL
) STRICT;

-- Who sent a flow is looked for by it.
CREATE INDEX audit_by_flow ON audit (flow_id);
