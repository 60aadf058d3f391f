"""``python -m motovault``: the command line."""

import sys

from motovault.cli import main

if __name__ == "__main__":
    sys.exit(main())
