"""What people owe on a ref by a day, reminders and escalation, and messages about it."""

from qms.tasks.models import Notice, Task

__all__ = ["Notice", "Task"]
