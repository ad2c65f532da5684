"""Hours of reading and their text, to utterances: `bins/segment.py`.

`script` makes phones of the text, `listening` hears phones in the recording, `anchors` finds where
the two are surely together, `search` aligns all between, `cutting` chooses utterances at pauses.
"""
