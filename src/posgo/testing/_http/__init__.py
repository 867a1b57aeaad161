"""
What both fakes are served with: messages, transports, a real HTTP server, faults on demand.
"""
