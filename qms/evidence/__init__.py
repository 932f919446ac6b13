"""Evidence for somebody outside: asked for, approved, gathered at one moment, sealed, verified anywhere."""

from qms.evidence.build import SERVICE, SERVICE_RIGHTS, build, make
from qms.evidence.csvs import table as csv_table
from qms.evidence.describe import SENTENCES
from qms.evidence.errors import (
    BundleKeyExists,
    BundleKeyMissing,
    BundleKeyUnusable,
    BundleNotBuilt,
    EvidenceNotAllowed,
    NoSuchReceiver,
    NoSuchRequest,
    PersonNeeded,
    PlanChanged,
    ReceiverApproves,
    ReceiverMaySeeLess,
    RequestAltered,
    RequestDecided,
    RequesterApproves,
    RequestInvalid,
    RequestNotApproved,
)
from qms.evidence.gather import Gathered, gather
from qms.evidence.keys import BundleKey, load_key, make_key, spelled
from qms.evidence.lifecycle import LABELS, State
from qms.evidence.models import EvidenceRequest
from qms.evidence.operations import (
    JOB,
    Built,
    Frozen,
    approve,
    fail,
    freeze,
    hand_over,
    record_built,
    reject,
    request,
    retry,
)
from qms.evidence.queries import Request, blobs, bundle, request_of, requests
from qms.evidence.verify import Report, verify_bundle

__all__ = [
    "JOB",
    "LABELS",
    "SENTENCES",
    "SERVICE",
    "SERVICE_RIGHTS",
    "Built",
    "BundleKey",
    "BundleKeyExists",
    "BundleKeyMissing",
    "BundleKeyUnusable",
    "BundleNotBuilt",
    "EvidenceNotAllowed",
    "EvidenceRequest",
    "Frozen",
    "Gathered",
    "NoSuchReceiver",
    "NoSuchRequest",
    "PersonNeeded",
    "PlanChanged",
    "ReceiverApproves",
    "ReceiverMaySeeLess",
    "Report",
    "Request",
    "RequestAltered",
    "RequestDecided",
    "RequestInvalid",
    "RequestNotApproved",
    "RequesterApproves",
    "State",
    "approve",
    "blobs",
    "build",
    "bundle",
    "csv_table",
    "fail",
    "freeze",
    "gather",
    "hand_over",
    "load_key",
    "make",
    "make_key",
    "record_built",
    "reject",
    "request",
    "request_of",
    "requests",
    "retry",
    "spelled",
    "verify_bundle",
]
