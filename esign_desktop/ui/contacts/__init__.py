"""The Contacts room: everybody contracts are prepared with."""
