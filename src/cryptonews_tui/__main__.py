"""`python -m cryptonews_tui` is the same as `cryptonews`."""

import sys

from cryptonews_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
