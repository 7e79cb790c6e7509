"""The layers of isolation: which checks of the self-test show one, and which a level needs."""

from __future__ import annotations

from veridical.sandbox.isolation import Level

LAYERS: dict[str, frozenset[str]] = {
    "network": frozenset({"socket_inet", "socket_inet6", "socket_netlink", "socket_raw"}),
    "own_network": frozenset({"network_interfaces"}),
    "unix_sockets": frozenset({"socket_unix"}),
    "system_calls": frozenset({"seccomp_mode", "no_new_privs", "call_ptrace", "call_bpf"}),
    "capabilities": frozenset({"capabilities", "root_identity"}),
    "namespaces_closed": frozenset({"new_namespace_by_clone", "call_unshare", "call_setns"}),
    "process_namespace": frozenset({"foreign_processes", "parent_known", "kill_all"}),
    "processes_end": frozenset({"daemons_die"}),
    "signals": frozenset({"signal_others", "neighbours_live_on"}),
    "file_access": frozenset({"open_host_files", "write_outside", "make_device"}),
    "file_system": frozenset({"host_files", "climb_out", "write_outside", "call_mount"}),
    "own_files": frozenset({"nothing_left_behind", "disk_flood"}),
    "inodes": frozenset({"inode_flood"}),
    "limits": frozenset(
        {"cpu_time_holds", "wall_time_holds", "memory_holds", "fork_bomb"}
        | {"memory_without_owner", "socket_buffer_raised"}
    ),
    "inheritance": frozenset({"inherited_descriptors", "inherited_environment"}),
}

# What even the weakest level must have; a backend without them is refused.
_ALWAYS = frozenset(
    {
        "network",
        "system_calls",
        "capabilities",
        "namespaces_closed",
        "signals",
        "processes_end",
        "file_access",
        "limits",
        "inheritance",
    }
)
# The tmpfs of older gVisors counts no inodes; what they cost is the container's own memory.
_SPARED = {Level.GVISOR: frozenset({"inodes"})}


def level_of(claimed: Level, layers: frozenset[str]) -> Level:
    """The level that the layers found add up to, at most the one claimed."""
    if layers >= LAYERS.keys() - _SPARED.get(claimed, frozenset()):
        return claimed
    if layers >= _ALWAYS:
        return min(claimed, Level.LANDLOCK)
    return Level.NONE
