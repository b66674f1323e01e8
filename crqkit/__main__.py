"""python -m crqkit."""

import sys

from crqkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
