"""From a response to the one answer it commits to, or to the reason why it commits to none."""
