"""What `veridical audit-tests` does: wrong variants of right programs, runs of both, and what they show."""
