"""What the containers' own system call filter keeps from the warden, whatever a cell's does."""

from __future__ import annotations

import json
from importlib import resources

import pytest

PROFILE = json.loads(
    resources.files("veridical.sandbox.docker").joinpath("seccomp.json").read_text()
)
ALLOWED = {name: rule.get("args") for rule in PROFILE["syscalls"] for name in rule["names"]}
NEVER = (
    "acct add_key bpf clone3 create_module delete_module finit_module fsconfig fsmount fsopen fspick"
    " init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load"
    " kexec_load keyctl lookup_dcookie mbind modify_ldt mount_setattr move_mount"
    " move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open"
    " pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace quotactl reboot"
    " request_key set_mempolicy settimeofday shmget msgget semget swapoff swapon sysfs syslog"
    " userfaultfd vhangup vm86 clock_settime clock_adjtime adjtimex mq_open memfd_secret"
)


@pytest.mark.parametrize("name", NEVER.split())
def test_what_nobody_needs_is_not_allowed(name):
    assert name not in ALLOWED


def test_what_is_not_allowed_leaves_the_word_to_the_cells_own_filter():
    # Of two filters the kernel obeys the stricter answer: TRACE, which without a tracer is ENOSYS,
    # is milder than the notice by which a cell's filter tells of an attack; ERRNO is not.
    assert PROFILE["defaultAction"] == "SCMP_ACT_TRACE"
    assert {rule["action"] for rule in PROFILE["syscalls"]} == {"SCMP_ACT_ALLOW"}


def test_sockets_are_local():
    assert ALLOWED["socket"] == [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]


def test_the_warden_can_make_its_namespaces():
    assert {"clone", "unshare", "mount", "umount2", "pivot_root", "seccomp"} <= ALLOWED.keys()
