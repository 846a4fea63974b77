"""People and organizations: their identities, platform accounts and contacts."""
