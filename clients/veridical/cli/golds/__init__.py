"""What `veridical check-gold` is made of.

`source` reads golds from a file, `probing` makes the items that try one out and judges their verdicts,
`forms` knows the ways of writing that people mean differently, `finding` and `report` say what was found.
"""
