"""The Prepare room, where the user adds documents, signers and seals to a contract."""
