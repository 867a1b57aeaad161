"""
The point of sale, as posgo speaks to it.
"""
