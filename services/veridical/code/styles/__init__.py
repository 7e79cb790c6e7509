"""How each style of tests is run: `judge(slot, submission, ...)` on the host's side."""
