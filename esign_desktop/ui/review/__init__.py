"""The last look before a contract is sent."""
