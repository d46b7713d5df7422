"""
Puts the extension on the path, and beside it the stubs in `stubs/`, or with TX_REAL=1 the threatexchange that is installed
(or lies at THREATEXCHANGE_PATH).
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
IS_REAL = os.environ.get("TX_REAL") == "1"

sys.path.insert(0, str(HERE.parent))
if IS_REAL:
    if os.environ.get("THREATEXCHANGE_PATH"):
        sys.path.insert(0, os.environ["THREATEXCHANGE_PATH"])
else:
    sys.path.insert(0, str(HERE / "stubs"))
# Nothing is left behind in the tree.
sys.dont_write_bytecode = True
