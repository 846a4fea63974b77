"""Find a contract's parties and the places of their marks from its text, by rules and without a model.

The letters of a page are grouped into rows, and rows are split into segments at wide gaps and table lines
(``segments``). Each segment is classified as a party, a representative, a mark word, a witness or something else
(``labels``). Runs of short rows form blocks; in a block, each label belongs to the party above it in its column
(``blocks``). The labels of a party determine where its marks go (``marks``).
"""
