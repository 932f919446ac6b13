"""What people owe on a ref by a day, reminders and escalation, and messages about it."""

from qms.tasks.counting import Moved, counted, due, recount
from qms.tasks.describe import SENTENCES
from qms.tasks.errors import NoSuchTask
from qms.tasks.mail import send_waiting
from qms.tasks.models import Notice, Task
from qms.tasks.operations import cancel, move, notify, owe, remind, settle
from qms.tasks.queries import (
    Owed,
    doubtful,
    inbox,
    outstanding,
    overseen,
    owing,
    task_count,
    task_of,
    waiting,
)
from qms.tasks.telling import CIRCLE, RIGHT, SECRECY

__all__ = [
    "CIRCLE",
    "RIGHT",
    "SECRECY",
    "SENTENCES",
    "Moved",
    "NoSuchTask",
    "Notice",
    "Owed",
    "Task",
    "cancel",
    "counted",
    "doubtful",
    "due",
    "inbox",
    "move",
    "notify",
    "outstanding",
    "overseen",
    "owe",
    "owing",
    "recount",
    "remind",
    "send_waiting",
    "settle",
    "task_count",
    "task_of",
    "waiting",
]
