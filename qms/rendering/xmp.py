"""The XMP packet of a stamped copy: what it is and which original it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree  # type: ignore[import-untyped]  # it brings no types

from qms.rendering.errors import PdfUnreadable

if TYPE_CHECKING:
    from datetime import datetime

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_MM: Final = "http://ns.adobe.com/xap/1.0/mm/"
_REF: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
_SPACES: Final = {"rdf": _RDF, "dc": _DC, "xmp": _XMP, "xmpMM": _MM, "stRef": _REF}
_REPLACED: Final = (
    f"{{{_DC}}}description",
    f"{{{_DC}}}source",
    f"{{{_XMP}}}ModifyDate",
    f"{{{_MM}}}DocumentID",
    f"{{{_MM}}}InstanceID",
    f"{{{_MM}}}DerivedFrom",
)
_HEAD: Final = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
_TAIL: Final = b'\n<?xpacket end="r"?>'


def stamped_metadata(packet: bytes, text: str, made_at: datetime, original: str, identity: str) -> bytes:
    """The packet with description, dates and identity of the copy; everything else stays.

    A property that is set anew is first taken out: two of one kind would make the packet invalid.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_pis=True)
    try:
        tree = etree.fromstring(packet, parser)
    except etree.XMLSyntaxError as fault:
        raise PdfUnreadable from fault
    rdf = next(tree.iter(f"{{{_RDF}}}RDF"))
    for name in _REPLACED:
        for old in list(rdf.iter(name)):
            old.getparent().remove(old)
        for holder in rdf.iter(f"{{{_RDF}}}Description"):
            holder.attrib.pop(name, None)
    made = etree.SubElement(rdf, f"{{{_RDF}}}Description", nsmap=_SPACES)
    made.set(f"{{{_RDF}}}about", "")
    choices = etree.SubElement(etree.SubElement(made, f"{{{_DC}}}description"), f"{{{_RDF}}}Alt")
    words = etree.SubElement(choices, f"{{{_RDF}}}li")
    words.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
    words.text = text
    for name, value in (
        (f"{{{_DC}}}source", f"sha256:{original}"),
        (f"{{{_XMP}}}ModifyDate", made_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
        (f"{{{_MM}}}DocumentID", f"uuid:{identity}"),
        (f"{{{_MM}}}InstanceID", f"uuid:{identity}"),
    ):
        etree.SubElement(made, name).text = value
    derived = etree.SubElement(made, f"{{{_MM}}}DerivedFrom")
    derived.set(f"{{{_RDF}}}parseType", "Resource")
    etree.SubElement(derived, f"{{{_REF}}}documentID").text = f"sha256:{original}"
    written: bytes = etree.tostring(tree, encoding="utf-8")
    return _HEAD + written + _TAIL
