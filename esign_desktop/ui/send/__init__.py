"""From the last look before a send to the signing code."""
