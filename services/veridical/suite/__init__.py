"""All services of one machine under one supervisor: `python -m veridical.suite`.

`table` says which services there are, `plan` how each is started, `supervisor` keeps them running and
ends them in order, `service` is the life of one of them, and `status` is what is said of it.
"""
