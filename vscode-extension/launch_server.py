"""Start the language server with the libraries that the extension carries.

It is started with `python -I`, and the folders are put on `sys.path` here and not into PYTHONPATH: the training
worker inherits the server's environment, and there the carried libraries could hide newer ones of the user.
"""

import runpy
import sys
from pathlib import Path

bundled = Path(__file__).resolve().parent / "bundled"
sys.path[:0] = [str(bundled / "cnngen"), str(bundled / "libs")]
runpy.run_module("cnngen.server", run_name="__main__", alter_sys=True)
