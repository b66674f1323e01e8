"""python -m crqkit."""

import sys

from crqkit.cli import main

sys.exit(main())
