-- The line last written to the results file for each flow, as a digest.
CREATE TABLE results (
    flow_id TEXT PRIMARY KEY,
    digest  TEXT NOT NULL
) STRICT;

-- The sender of a flow is looked up by flow id.
CREATE INDEX audit_by_flow ON audit (flow_id);
