"""
``python -m posgo``: see :mod:`posgo.cli`.
"""

import sys

from posgo.cli import main

sys.exit(main())
