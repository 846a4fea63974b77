"""The Contacts room: the people and organizations with whom contracts are prepared."""
