"""What a Word file keeps unseen of what it was made of: a part of custom XML, which Word leaves as it is.

Source: ECMA-376, part 1, 15.2.5 and 22.5 (custom XML data storage).
"""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from models.forms.packed_files import KEPT_NAMESPACE

_ID = "{C4C4C0DE-0014-4A5B-9C3D-7E1F2A6B8D90}"
_ABOUT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"'
    f' ds:itemID="{_ID}"><ds:schemaRefs><ds:schemaRef ds:uri="{KEPT_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
).encode()
_ABOUT_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


def keep_lines(file: Any, lines: Iterable[tuple[str, str]]) -> None:
    """Add the lines, name and value of each, to a document of python-docx."""
    root = Element("kept", {"xmlns": KEPT_NAMESPACE})
    for name, value in lines:
        SubElement(root, "line", {"name": name}).text = value
    package = file.part.package
    content = tostring(root, encoding="UTF-8", xml_declaration=True)
    part = Part(PackURI("/customXml/item1.xml"), "application/xml", content, package)
    about = Part(PackURI("/customXml/itemProps1.xml"), _ABOUT_TYPE, _ABOUT, package)
    part.relate_to(about, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    file.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
