"""
Keep a point of sale and PowerOffice Go alike, and book every Z-report exactly once.
"""
