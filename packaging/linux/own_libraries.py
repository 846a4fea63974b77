"""Runs first in the frozen program: what it starts of the system's is to find the system's libraries, not ours.

PyInstaller's start program points LD_LIBRARY_PATH to the folder, which this process needs no more, and notes in _PYI_…
that it has: another one of the program, started by this one, has to find it out for itself.
"""

import os

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
