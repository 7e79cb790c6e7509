"""Who may call a server, and who is calling: certificates, tokens and the names of callers."""
