"""The `veridical` command.

One module a subcommand (`verify`, `check_gold`, `explain`, `up`, `serve`, `describe`, `doctor`); `main` puts them
together. `golds` is what `check_gold` is made of, `explanation`, `excerpt` and `reasons` what `explain` shows. The
rest is what `verify` is made of: `run` is one run, `items` and `line` read and check the input, `pipeline` sends
items and keeps verdicts in order, `output`, `verdict_file` and `run_record` keep what was found so
that a run can be resumed, `progress` and `render` speak to the person.
"""
