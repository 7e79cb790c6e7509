"""The `veridical` command.

One module a subcommand (`verify`, `up`, `serve`, `describe`); `main` puts them together. The rest is
what `verify` is made of: `items` reads and checks the input, `verdict_file` keeps the resumable
output, `pipeline` sends items and keeps verdicts in order, `progress` and `render` speak to the
person.
"""
