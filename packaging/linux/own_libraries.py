"""Make programs that the frozen program starts use the system's libraries. This module runs before all others.

PyInstaller's bootloader sets LD_LIBRARY_PATH to the program's folder, which this process no longer needs, and records
that in the variables _PYI_…. These variables are also removed, because another instance that is started by this one
must set them itself.
"""

import os

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
