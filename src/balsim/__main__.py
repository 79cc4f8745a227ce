"""``python -m balsim`` is the same as ``balsim``."""

import sys

from balsim.cli import main

sys.exit(main())
