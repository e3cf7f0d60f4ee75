"""Run the command line: ``python -m astro_core``."""

import sys

from astro_core.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
