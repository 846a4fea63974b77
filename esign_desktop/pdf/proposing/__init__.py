"""Finds a contract's parties and the places of their marks by what stands on the page, with rules and no model.

Letters become rows, rows become segments at wide blanks and at a table's lines (``segments``); a segment is a party,
somebody who acts for it, a mark's word, a witness or something else (``labels``); runs of short rows are blocks, and in
a block each thing belongs to the party above it in its column (``blocks``); what belongs to a party tells where its
marks go (``marks``).
"""
