"""Find a contract's parties and the places of their marks. This package uses rules instead of a language model.

The letters of a page are grouped into rows, and rows are split into segments at wide gaps and table lines
(``segments``). Each segment is classified as a party, a representative, a mark word, a witness or something else
(``labels``). Consecutive short rows form blocks. Within a block, each label is assigned to the party above it in the
same column (``blocks``). The labels of a party determine the places of the party's marks (``marks``).
"""
