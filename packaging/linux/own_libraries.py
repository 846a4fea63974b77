"""Make programs that the frozen program starts use the system's libraries. This module runs before all others.

PyInstaller's bootloader sets LD_LIBRARY_PATH to the program's folder, and records its work in variables named _PYI_….
This process no longer needs LD_LIBRARY_PATH. The variables _PYI_… are also removed, because another instance of the
program that this process starts must set them itself.
"""

import os

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
