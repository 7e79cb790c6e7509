"""The code verifier: does a program pass its tests?

| module       | what it holds                                                             |
|--------------|---------------------------------------------------------------------------|
| `service`    | the verifier: programs out of responses, submissions to workers           |
| `messages`   | messages of the contract to the domain and back; `tasks`: their bounds    |
| `extract`    | the program that a response gives                                         |
| `submission` | what is judged; `judgement`: what came of it; `work`: both on their way   |
| `worker`     | one slot of cells, one submission after the other; `slots`, `bench`       |
| `styles`     | how each style of tests is run, on the host's side                        |
| `tally`      | results of tests as they come in; `timing`: the rule on time              |
| `compare`    | what a program wrote held against what it should have written             |
| `languages`  | the table of languages                                                    |
| `runtimes`   | the kinds of cells that judging asks for; `cell`: what runs in them       |
| `census`     | gauges of processes and control groups                                    |
"""

from __future__ import annotations
