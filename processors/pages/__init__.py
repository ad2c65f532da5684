"""Parts shared by the pages of evaluation and doctor: templates, drawings, embedded audio.

A page is one HTML file that needs no network and no other file. Python computes what is drawn and
where; the markup is in `templates/`, which escape all data.
"""
