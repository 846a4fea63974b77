"""Runs first in the frozen program, so that system programs that it starts use the system's libraries.

PyInstaller's bootloader points LD_LIBRARY_PATH to the program's folder, which this process no longer needs, and records
that in _PYI_… variables. They are removed too, because another instance started by this one must set them anew.
"""

import os

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
