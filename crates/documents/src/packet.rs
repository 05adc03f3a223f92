//! The form of the file: PDF/A-3, with a description that programs read (XMP), to which the part of Factur-X is added.

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::{Document, SerializeSettings};

/// The reason why a PDF cannot be written, which only a defect can cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the PDF of an invoice cannot be written: {0}")]
pub struct NoPdf(pub(crate) String);

/// Returns an empty PDF/A-3.
pub(crate) fn document() -> Result<Document, NoPdf> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B).finish();
    let configuration = configuration.map_err(|error| NoPdf(format!("{error:?}")))?;
    Ok(Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() }))
}

/// The name of the XML in the PDF, as Factur-X demands it.
pub(crate) const XML_NAME: &str = "factur-x.xml";

/// The properties of Factur-X and, as PDF/A demands, their description.
fn factur_x() -> String {
    let property = |name: &str, about: &str| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
        )
    };
    let properties = [
        property("DocumentFileName", "The name of the embedded XML document"),
        property("DocumentType", "The type of the hybrid document in capital letters"),
        property("Version", "The version of the standard of the embedded XML document"),
        property("ConformanceLevel", "The conformance level of the embedded XML document"),
    ];
    format!(
        "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
         xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\
         <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\
         <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
         </rdf:Description>\
         <rdf:Description rdf:about=\"\" xmlns:fx=\"{NAMESPACE}\"><fx:DocumentType>INVOICE</fx:DocumentType>\
         <fx:DocumentFileName>{XML_NAME}</fx:DocumentFileName><fx:Version>1.0</fx:Version>\
         <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>",
        properties.concat()
    )
}

const NAMESPACE: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";

/// Adds the part of Factur-X to the description of a PDF: an incremental update, which replaces the object with the description. The
/// writer of the PDF leaves the description uncompressed, and its table of objects is not a stream.
pub(crate) fn with_factur_x(mut pdf: Vec<u8>) -> Result<Vec<u8>, NoPdf> {
    let missing = |part: &str| NoPdf(format!("it has no {part}"));
    let previous: usize = number_after(&pdf, b"startxref").ok_or_else(|| missing("startxref"))?;
    let object: usize = number_after(&pdf, b"/Metadata ").ok_or_else(|| missing("description"))?;
    let end = rfind(&pdf, b"</rdf:RDF>").ok_or_else(|| missing("end of the description"))?;
    let begin = rfind(&pdf[..end], b"<?xpacket begin").ok_or_else(|| missing("begin of the description"))?;
    let close = find(&pdf[end..], b"endstream").map(|length| end + length).ok_or_else(|| missing("end of the stream"))?;
    let table = pdf.get(previous..).ok_or_else(|| missing("table of objects"))?;
    let trailer = find(table, b"trailer").and_then(|at| table.get(at..)).ok_or_else(|| missing("trailer"))?;
    let (open, shut) = (find(trailer, b"<<"), rfind(trailer, b">>"));
    let trailer = open.zip(shut).and_then(|(open, shut)| trailer.get(open + 2..shut)).ok_or_else(|| missing("trailer"))?;
    let trailer = trailer.to_vec();
    let packet = [&pdf[begin..end], factur_x().as_bytes(), pdf[end..close].trim_ascii_end()].concat();
    pdf.push(b'\n');
    let at = pdf.len();
    let head = format!("{object} 0 obj\n<<\n  /Length {}\n  /Type /Metadata\n  /Subtype /XML\n>>\nstream\n", packet.len());
    pdf.extend([head.as_bytes(), &packet, b"\nendstream\nendobj\n\n"].concat());
    let table = pdf.len();
    pdf.extend(format!("xref\n{object} 1\n{at:010} 00000 n\r\ntrailer\n<<").bytes());
    pdf.extend(trailer);
    pdf.extend(format!("  /Prev {previous}\n>>\nstartxref\n{table}\n%%EOF").bytes());
    Ok(pdf)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

/// The number after the last place of a text.
fn number_after(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let after = bytes.get(rfind(bytes, text)? + text.len()..)?.trim_ascii_start();
    let length = after.iter().take_while(|c| c.is_ascii_digit()).count();
    std::str::from_utf8(after.get(..length)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_counts() {
        assert_eq!(number_after(b"startxref\n12\n%%EOF\nstartxref\n345\n%%EOF", b"startxref"), Some(345));
        assert_eq!(number_after(b"startxref", b"startxref"), None);
        assert_eq!(number_after(b"none", b"startxref"), None);
        let broken = with_factur_x(b"%PDF-1.7".to_vec()).unwrap_err();
        assert_eq!(broken, NoPdf("it has no startxref".to_owned()));
    }
}
