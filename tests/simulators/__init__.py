"""Payment providers on the loopback: they check every signature with code of their own, and go wrong on demand.

Nothing here shares a line with `desktop.gateways`; both sides are held against the published vectors.
"""
