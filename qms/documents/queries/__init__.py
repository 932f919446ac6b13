"""What can be asked of the register: every answer is bounded by the rights of who asks (law 11)."""

from qms.documents.queries.finding import document, in_force, revision

__all__ = ["document", "in_force", "revision"]
