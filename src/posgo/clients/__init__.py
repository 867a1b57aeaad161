"""
The edge towards other systems: calls as values, and the clients that send them.
"""
