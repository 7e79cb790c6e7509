"""One caller's load must not become another's delay.

| module  | what is shared                                             |
|---------|--------------------------------------------------------------|
| `share` | places: which call is admitted when a server is nearly full |
| `turns` | the event loop's time: whose items are handled next         |
| `lanes` | what is in hand: how many items a caller has in work at once |

The time of workers is shared by the pool's own line, which takes the caller as `owner`.
"""
