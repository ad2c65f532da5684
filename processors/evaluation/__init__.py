"""How near a synthesis comes to a recording: one file a family of metrics, one table of them all
(`table.py`).
"""
