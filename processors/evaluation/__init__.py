"""Objective evaluation of synthesis against recordings: one file per family of metrics, all listed
in `table.py`.
"""
