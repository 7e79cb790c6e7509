"""What `veridical doctor` looks at, one module a topic.

Every module gives its topic's checks; a check is a generator of findings (`finding`). None of them
imports the client or the stubs before its check runs: a library that does not fit breaks those imports,
and it is for the doctor to say so.
"""
