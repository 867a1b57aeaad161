"""
How many requests are generated per operation: few in the gate, as many as wanted beside it.
"""

import os

EXAMPLES = int(os.environ.get("POSGO_EXAMPLES", "6"))
