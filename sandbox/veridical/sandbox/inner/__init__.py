"""What runs inside the isolation: the warden, its zygotes and the cells; standard library only.

These modules are sent into a slot (`veridical.sandbox.bundle`); nothing of them has to be
installed there. They import nothing from outside this package.

| module             | what it holds                                                        |
|--------------------|----------------------------------------------------------------------|
| `channel`          | messages over a stream socket: what a runtime is handed              |
| `frames`           | what host and warden say to each other                               |
| `start`            | from the bootstrap's process to the warden and its seed              |
| `tree`             | the file system that a slot sees                                     |
| `plan`, `trial`    | how cells are made, and which way works here                         |
| `zygote`           | the seed, and warm processes that cells are forked from              |
| `cell`             | a cell's own set-up, before any untrusted byte is read               |
| `rooted`           | a cell's root where mounts cannot be private                         |
| `landlock`         | a cell without namespaces                                            |
| `seccomp`, `syscalls` | the filter of system calls, and its tables                        |
| `kernel`           | system calls that Python does not offer                              |
| `warden`           | hands out cells and holds their limits                               |
| `nursery`, `held`  | cells ahead of need; a cell as the warden holds it                   |
| `loop`, `meter`    | many descriptors in one thread; what processes use                   |
| `attacks`, `floods`, `deeds` | what the self-test runs in cells                           |
"""
