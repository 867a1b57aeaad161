"""
JSON and models, each way. Pure: bytes and values in, values and bytes out.
"""
