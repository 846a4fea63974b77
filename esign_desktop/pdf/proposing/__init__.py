"""Find the parties of a contract and the places of their marks from its text, by rules rather than with a model.

The letters of a page are grouped into rows, and rows are split into segments at wide gaps and table lines
(``segments``). Each segment is classified as a party, a representative, a mark word, a witness or something else
(``labels``). Consecutive short rows form blocks. Within a block, each label belongs to the party above it in its column
(``blocks``). The labels of a party determine the places of its marks (``marks``).
"""
