"""The Care Quality Commission's published files: what they look like, and what they say.

`files` opens one, `headings` finds out which it is, `records` reads its rows, `planning` compares them with what is
stored. What is done with that is in `providers.services`.
"""
