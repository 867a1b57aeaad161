"""
Frozen values: what a shop and a ledger talk about. No I/O, no clock.
"""
