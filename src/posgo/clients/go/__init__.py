"""
Every endpoint of PowerOffice Go that a point of sale touches, one module per resource, each call stated once.

Nothing here sends anything: the functions return calls.
"""
