"""All refusals of documents, one class a fact; by what they are about: rules, moves, and acts on rows."""

from qms.documents.errors.acts import *  # noqa: F403 - the face of this package is the sum of its parts
from qms.documents.errors.moves import *  # noqa: F403 - the same
from qms.documents.errors.rules import *  # noqa: F403 - the same
