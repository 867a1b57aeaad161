"""
Procedures: what posgo does, step by step, without doing any of it itself.
"""
