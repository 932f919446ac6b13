"""What a bundle says of itself: how to verify it, what that proves, how the system keeps it (CN-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.evidence import standalone
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE: Final = N_("Evidence {number} for {receiver}")
TITLES: Final = {
    standalone.README: N_("How to verify this bundle"),
    standalone.DESCRIPTION: N_("How this system keeps its evidence"),
    standalone.EXTRACT: N_("Extract of the trail"),
    standalone.CHECKPOINT: N_("Signed checkpoint of the trail"),
    standalone.TIMESTAMP: N_("Time-stamp of the checkpoint by another authority"),
    standalone.TRAIL_KEY: N_("Public key of the trail"),
    standalone.SCRIPT: N_("Program that verifies this bundle"),
    standalone.PROOF: N_("Program that verifies the extract of the trail"),
}
_COMMANDS: Final = (
    "bagit.py --validate .",
    "sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt",
    (
        "openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s"
        " -content tagmanifest-sha256.txt -noverify -signer ../signer.pem -out ../signed.txt"
    ),
    "openssl x509 -in ../signer.pem -noout -fingerprint -sha256",
)
_OWN: Final = ("python3 -I data/verify.py", "qms evidence verify --fingerprint FINGERPRINT {number}.zip")

BEFORE: Final = (
    N_("This bundle was made for {receiver} and for this purpose: {purpose}"),
    N_("It is not meant for anybody else."),
    N_("Start reading at data/01-index.html."),
    N_("Unpack the file and open a terminal in the folder {number}. These four standard commands verify it:"),
)
BETWEEN: Final = (
    N_("The first two show that no file was changed, added or taken away since the lists were written."),
    N_("The third shows that the list of lists was signed, and writes the signer's certificate beside it."),
    N_("The fourth prints the fingerprint of that certificate."),
    N_("These two programs check the same, and the extract of the trail as well:"),
)
NOT_PROVEN: Final = N_("What is not proven without the fingerprint")
AFTER: Final = (
    N_(
        "Anybody can make a folder like this one with a key of their own, and all commands would succeed. "
        "The bundle proves where it comes from only if the fingerprint printed by the fourth command is the "
        "one that the organisation gave you by another way: on paper, by telephone, on its website."
    ),
    N_("Do not take the fingerprint from this bundle, nor trust a program that came with it more than it."),
    N_(
        "The bundle holds what its receiver may see. That something is not in it does not prove that it "
        "does not exist."
    ),
)
UNSTAMPED: Final = (
    N_("The instants are those of the organisation's own clock; no third party has confirmed them."),
)
STAMPED: Final = (
    N_(
        "The instants are those of the organisation's own clock. The authority {authority} confirmed that "
        "the checkpoint, and with it every entry under it, existed at {at}. With its root certificate in "
        "authority.pem this command verifies it:"
    ),
    (
        "    openssl ts -verify -data data/trail/checkpoint.txt -in data/trail/checkpoint.tsr"
        " -CAfile authority.pem"
    ),
    N_("Take that certificate from the authority itself."),
)

DESCRIPTION: Final = (
    (
        N_("How content comes about"),
        (
            N_("A document is submitted, reviewed and approved by persons authorised for its kind."),
            N_("Its author never approves it, and who asks for evidence never approves the request."),
            N_("The printed form is made once, when it is issued, and is never made again."),
        ),
    ),
    (
        N_("How it is stored"),
        (
            N_("Every stored content is named by the SHA-256 of its bytes and written once."),
            N_("The bytes are checked against that name whenever they are read, also for this bundle."),
            N_("Rows and trail are written in one transaction; the bytes are durable before the row."),
        ),
    ),
    (
        N_("How integrity is kept"),
        (
            N_("Each act writes an entry: who, what, when, before and after, why, chained by SHA-256."),
            N_("The database refuses to change or delete entries; the chain shows it if it happened anyway."),
            N_("The root over all entries is signed with the workspace's Ed25519 key and kept outside too."),
            N_("The extract holds every link of its range, but opens only entries about what is in here."),
            N_("Personal values that may have to be erased stand apart; entries hold commitments to them."),
        ),
    ),
    (
        N_("How the sender is identified"),
        (
            N_("Every act names a person or a named service; accounts are never shared or given again."),
            N_("Who signs types their password again, which alone opens their own signing key."),
            N_("A signature covers content, meaning, name, post and instant, and cannot be moved."),
            N_("This bundle is sealed with the workspace's ECDSA P-256 key and its own certificate."),
        ),
    ),
    (
        N_("How this bundle was made"),
        (
            N_("A request was approved by a person who neither asked for it nor receives it."),
            N_("All was read in one consistent look at the register, with the rights of the receiver."),
            N_("The list of files was frozen first; making the bundle again gives the same bytes."),
        ),
    ),
)


def readme(facts: Mapping[str, object], languages: tuple[str, ...]) -> bytes:
    """`00-README.txt`: how to verify, in each language, and what is not proven."""
    parts = [_readme(facts, language) for language in languages]
    return f"\n{'=' * 72}\n\n".join(parts).encode()


def _readme(facts: Mapping[str, object], language: str) -> str:
    def told(text: str) -> str:
        return say(text, language, **facts)

    title = told(TITLE)
    commands = [f"    {command.format(**facts)}" for command in _COMMANDS]
    own = [f"    {command.format(**facts)}" for command in _OWN]
    heading = told(NOT_PROVEN)
    lines = [title, "", *map(told, BEFORE), "", *commands, "", *map(told, BETWEEN), "", *own, ""]
    clock = STAMPED if "authority" in facts else UNSTAMPED
    lines += [heading, "", *(line for text in (*AFTER, *clock) for line in (told(text), ""))]
    return "\n".join(lines)
