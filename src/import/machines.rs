//! Which rows of a list of equipment are machines that somebody would book, by their category and
//! their words. The lists hold what people really wrote, their slips of the pen too: phrases of
//! folded words, in the singular, divided by commas.

use domain::words;

/// A machine that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Machine {
    /// The name.
    pub(super) name: String,
    /// The category.
    pub(super) sort: &'static str,
    /// How many there are.
    pub(super) quantity: i32,
}

/// The beginning of categories in which nothing is booked by itself.
const HAND_TOOLS: &str = "General Hand tools";

const NOT_THERE: &str = "not there, or not in working order";
const SMALL: &str = "a hand tool or a small part, nothing to book by itself";

/// How a row begins that says what is missing.
const MISSING: &str = "none, no, nope, not, we do not, sadly, available in, aspire, one of our members";

/// Words that say that a machine cannot be used.
const ABSENT: &str = "coming, arriving, on order, in preparation, in progress, not yet, not working, not operational, tbc, \
    none at, do not, possibly, planned, between us, access to, restricted to, user group";

/// Texts that contain the name of a machine but name none that can be booked.
const NOT_IT: &str = "as above, can use, link to, extraction, screen for, min per, per hour, welding rod, loom band, \
    laser printer, laptop, hand sander, palm sander, orbital sander, detail sander, air sander, hand router, hand drill, \
    angle grinder, die grinder, workbench, table for, boat anchor";

/// Sorts of machines and what names them. The first that fits decides.
const MACHINES: &[(&str, &str)] = &[
    ("embroidery machine", "embroidery"),
    ("PCB mill", "pcb mill, circuit milling machine"),
    (
        "CNC machine",
        "cnc, shopbot, shapeoko, modela, modella, imodela, mdx, mdx40a, mdx 20, mdx 40a, mdx 540, mdx540, mpx90, srm 20, \
         isel cpm, axyz, high z, studiorouter",
    ),
    ("3D scanner", "3d scanner, 3d laser scanner, 3d scanning, digitizer, digitiser, kinectscanner, cubify sense"),
    (
        "3D printer",
        "3d printer, 3d printing, ultimaker, makerbot, replicator, reprap, powerwasp, projet, ipro, object 30, designjet 3d, \
         envisiontec",
    ),
    (
        "laser cutter",
        "laser cutter, lasercutter, laser cutting, laser engraver, laser engraving, watt laser, laserpro, epilog, trotec",
    ),
    ("vinyl cutter", "vinyl cutter, vinyl plotter, cutter plotter, gx24, gx 24, gx 20, graphtec"),
    ("knitting machine", "knitting machine"),
    ("sewing machine", "sewing machine, domestic sewing, industrial sewing, overlocker"),
    ("loom", "loom"),
    ("textile machine", "fabric cutting machine, button covering machine"),
    ("welder", "welder, migwelder, tigwelder, arcwelder, gas welding, welding set, welding kit"),
    ("plasma cutter", "plasma cutter"),
    ("lathe", "lathe"),
    ("milling machine", "milling machine, mill, miller, precision milling, impact engraver"),
    ("mitre saw", "mitre saw, miter saw, mitre chopsaw, chop saw, chopsaw, chop off saw, cutoff saw"),
    ("bandsaw", "bandsaw, band saw"),
    ("table saw", "table saw, tablesaw, panel saw, arm saw"),
    ("scroll saw", "scroll saw, scrollsaw, fret saw, hegner saw"),
    ("power hacksaw", "power hacksaw, donkey saw"),
    ("pillar drill", "pillar drill, pillardrill, piller drill, drill press, pedestal drill, mag drill, engineering drill"),
    ("planer", "planer, plainer, thicknesser, jointer"),
    ("morticer", "morticer, mortising machine"),
    ("router table", "router table, table router"),
    ("sander", "sander, beltsander, facesander, santer, linisher"),
    ("grinder", "grinder, grinding machine, tool sharpener"),
    ("polisher", "buffing machine, polisher"),
    ("kiln", "kiln"),
    ("potter's wheel", "potters wheel, pottery wheel, slab roller"),
    ("furnace", "furnace, forge, foundry, hearth, treating oven"),
    (
        "plastics former",
        "vacuum former, vacuumformer, vac former, vacuum forming, line bender, line heater, strip heater, acrylic bender, \
         extruder, injection moulding machine",
    ),
    ("sheet metal machine", "guillotine, bender, finger folder, notcher, metal roll, metal former, break press, fly press"),
    ("heat press", "heat press, press for vinyl"),
    ("foam cutter", "foam cutter, hot wire cutter"),
    ("sandblaster", "sandblaster"),
    ("spray booth", "spray booth"),
    ("compressor", "compressor"),
    ("large-format printer", "large format printer, large format designjet, a0 b w printer, a0 colour printer, plotter"),
    ("printing press", "screen printing, silk screen press, proofing press, letter press, sublimation printing"),
    (
        "PCB equipment",
        "etching tank, etch tank, etching machine, etching station, exposure box, exposure unit, reflow oven, soldering oven, \
         mount oven",
    ),
    ("soldering station", "soldering station, rework station, reworking station, hot air station"),
    (
        "test instrument",
        "oscilloscope, osciliscope, ocilloscope, osilloscope, scope, logic analyser, logic analyzer, function generator, \
         signal generator, sig gen, pulse generator, frequency counter, pat tester",
    ),
    (
        "laboratory instrument",
        "microscope, centrifuge, microcentaur, microfuge, jouan, autoclave, incubator, pcr, thermal cycler, \
         spectrophotometer, electroporator, electrophoresis, scanning imager",
    ),
    ("robot arm", "robot arm"),
    ("X-ray machine", "x ray machine"),
];

/// Why a row that names no machine does not go in. The first that fits decides.
const OTHERS: &[(&str, &str)] = &[
    (
        "furniture or fittings, nothing to book by itself",
        "bench, workbench, table, desk, chair, easel, sink, kitchen, ladder, trolley, vacuum, vac, hoover, broom, brush, \
         extraction, extractor, storage, store, shelving, whiteboard, vice, lighting, room, space, studio, area",
    ),
    (
        "an everyday device, nothing to book by itself",
        "computer, pc, laptop, mac, server, printer, scanner, projector, screen, monitor, tv, camera, microphone, tripod, \
         kinect, raspberry, arduino, pa, av",
    ),
    (
        SMALL,
        "tool, handtool, saw, jigsaw, drill, hammer, chisel, screwdriver, file, knife, plier, cutter, sander, grinder, router, \
         gun, dremel, clamp, iron, meter, multimeter, power supply, power supplies, psu, head, reflector, softbox",
    ),
    (
        "a material or consumable",
        "material, component, consumable, ink, paint, glue, glaze, fabric, paper, plaster, board, cable, resistor, sensor, rod, \
         kit, reagent",
    ),
];

/// The machines that a row names, or why it names none. `quantity` is what the list says of the
/// row; it is believed only where the words say the same.
pub(super) fn machines(category: &str, item: &str, quantity: i32) -> Result<Vec<Machine>, &'static str> {
    if category.starts_with(HAND_TOOLS) {
        return Err(SMALL);
    }
    // What follows is a price.
    let item = item.split_once('£').map_or(item, |(item, _)| item.trim_end_matches([' ', '(']));
    let spoken = words::fold([item]);
    if item.starts_with('#') || item.ends_with(':') || item.contains("://") || !spoken.contains(char::is_alphabetic) {
        return Err("a remark, not a machine");
    }
    if MISSING.split(", ").any(|phrase| spoken.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    {
        return Err(NOT_THERE);
    }
    let named: Vec<(&str, Sort)> = parts(item).into_iter().filter_map(|part| Some((part, sort(part)?))).collect();
    let there: Vec<_> = named.iter().filter(|(part, _)| !names(&words::fold([*part]), ABSENT)).collect();
    match there.as_slice() {
        [] if named.is_empty() => Err(first(OTHERS, &spoken).map_or("no sort of machine that is known", |(reason, _)| reason)),
        [] => Err(NOT_THERE),
        // What follows a single machine describes it.
        [(part, sort)] if item.starts_with(part) => Ok(vec![read(item, *sort, quantity)]),
        several => Ok(several.iter().map(|(part, sort)| read(part, *sort, quantity)).collect()),
    }
}

/// A row of a list: what is named, and the phrases that name it.
type Sort = (&'static str, &'static str);

/// The category of machine that a text names, if any: in its first part, not in its explanation.
fn sort(part: &str) -> Option<Sort> {
    let named = |text: &str| {
        let spoken = words::fold([text]);
        if names(&spoken, NOT_IT) { None } else { first(MACHINES, &spoken) }
    };
    named(head(part)).or_else(|| named(part))
}

fn first(list: &[Sort], spoken: &str) -> Option<Sort> {
    list.iter().find(|(_, phrases)| names(spoken, phrases)).copied()
}

/// Whether folded words have one of the phrases among them, in the singular or the plural.
fn names(spoken: &str, phrases: &str) -> bool {
    names_ending(spoken, phrases, &["", "s", "es"])
}

fn names_ending(spoken: &str, phrases: &str, endings: &[&str]) -> bool {
    let spoken = format!(" {spoken} ");
    phrases.split(", ").any(|phrase| endings.iter().any(|ending| spoken.contains(&format!(" {phrase}{ending} "))))
}

/// The parts of a list, divided at commas and semicolons outside of parentheses.
fn parts(item: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let divides = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth <= 0 && matches!(c, ',' | ';')
    };
    item.split(divides).collect()
}

/// A machine of a known sort, from the text that names it.
fn read(text: &str, (sort, phrases): Sort, quantity: i32) -> Machine {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_plural = names_ending(&words::fold([text]), phrases, &["s", "es"]);
    let counted = without_count(&words, quantity, is_plural);
    let quantity = if counted.is_some() { quantity } else { 1 };
    let text = counted.unwrap_or(words).join(" ");
    let name = capitalized(head(&text).trim_matches(is_loose));
    Machine { name: if name.is_empty() { sort.to_owned() } else { name }, sort, quantity }
}

/// The words without those that count, if they count to `quantity`: `2 x`, `x2`, `2 off`, `(2)`, or
/// a number before a plural.
fn without_count<'a>(words: &[&'a str], quantity: i32, is_plural: bool) -> Option<Vec<&'a str>> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let number = quantity.to_string();
    let is_number = |at: usize| words.get(at).is_some_and(|word| plain(word) == number);
    let is_times = |at: usize| words.get(at).is_some_and(|word| matches!(plain(word).as_str(), "x" | "off"));
    // Between two numbers it is the size of something.
    let is_size = |at: usize| at > 0 && words[at - 1].ends_with(|c: char| c.is_ascii_digit());
    let is_count = |word: &str| plain(word) == format!("x{number}") || plain(word) == format!("{number}x");
    let counting = (0..words.len()).find_map(|at| match words[at] {
        word if is_count(word) || word == format!("({number})") => Some(at..at + 1),
        _ if is_times(at) && is_number(at + 1) && !is_size(at) => Some(at..at + 2),
        _ if at == 0 && is_number(0) && is_times(1) => Some(0..2),
        _ if at == 0 && is_number(0) && is_plural => Some(0..1),
        _ => None,
    })?;
    Some([&words[..counting.start], &words[counting.end..]].concat())
}

/// The part of a long text before its explanation.
fn head(text: &str) -> &str {
    const LONG: usize = 60;
    if text.chars().count() <= LONG {
        return text;
    }
    let ends = [" - ", " _ ", " – ", ". ", " (", ", "].iter().filter_map(|end| text.find(end));
    ends.filter(|end| *end > 0).min().map_or(text, |end| &text[..end])
}

/// Whether a character is not part of a name that begins or ends with it.
fn is_loose(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '(' | ')' | '"' | '\'' | '!' | '+')
}

/// The same with a capital at its beginning.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |letter| letter.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result of a row: `category name` of each machine, with its quantity where there are several; or why it is skipped.
    fn read(item: &str, quantity: i32) -> String {
        let write = |machine: Machine| match machine.quantity {
            1 => format!("{}: {}", machine.sort, machine.name),
            quantity => format!("{}: {} × {quantity}", machine.sort, machine.name),
        };
        match machines("Woodwork", item, quantity) {
            Ok(machines) => machines.into_iter().map(write).collect::<Vec<_>>().join("; "),
            Err(reason) => reason.to_owned(),
        }
    }

    #[test]
    fn a_machine_is_known_by_its_words_whatever_stands_around_them() {
        for (item, machine) in [
            ("Laser Cutter (A2 size)", "laser cutter: Laser Cutter (A2 size)"),
            ("lasercutter", "laser cutter: Lasercutter"),
            ("SPRAY BOOTH", "spray booth: SPRAY BOOTH"),
            ("Plainer/Thicknesser (Startrite PT260)", "planer: Plainer/Thicknesser (Startrite PT260)"),
            ("Epilog Zing (406x305mm) (£1/min)", "laser cutter: Epilog Zing (406x305mm)"),
            ("Drill Presses", "pillar drill: Drill Presses"),
            ("‚ Enamelling kiln, torch", "kiln: Enamelling kiln, torch"),
            ("Roland MDX40a CNC mill (with 3D scanner head", "CNC machine: Roland MDX40a CNC mill (with 3D scanner head"),
        ] {
            assert_eq!(read(item, 1), machine);
        }
    }

    #[test]
    fn the_head_of_a_long_text_is_the_name() {
        let text = "Air Compressors _ We have two compressors which run our air tools and plasma cutters";
        assert_eq!(read(text, 1), "compressor: Air Compressors");
    }

    #[test]
    fn a_list_becomes_the_machines_in_it() {
        assert_eq!(read("Wood lathe, Band saw, chisels", 1), "lathe: Wood lathe; bandsaw: Band saw");
        assert_eq!(read("Inkjet printer, 3D scanner, kinect", 1), "3D scanner: 3D scanner");
        assert_eq!(read("Band saw, laser cutter coming soon", 1), "bandsaw: Band saw, laser cutter coming soon");
    }

    #[test]
    fn a_quantity_is_believed_where_the_words_say_the_same() {
        for (item, quantity, machine) in [
            ("Drill press x2", 2, "pillar drill: Drill press × 2"),
            ("Epilog Zing Laser Cutter x 2", 2, "laser cutter: Epilog Zing Laser Cutter × 2"),
            ("4 off Scroll saws", 4, "scroll saw: Scroll saws × 4"),
            ("Scroll saw (x3!)", 3, "scroll saw: Scroll saw × 3"),
            ("3d printer (2)", 2, "3D printer: 3d printer × 2"),
            ("6 Sewing machines & notions", 6, "sewing machine: Sewing machines & notions × 6"),
            ("1 x laser cutter", 1, "laser cutter: Laser cutter"),
            // Guessed from numbers that count something else.
            ("10'x5' CNC router", 5, "CNC machine: 10'x5' CNC router"),
            ("3 axis mill", 3, "milling machine: 3 axis mill"),
            ("Kiln. Dimensions 52 x 60 x 45", 60, "kiln: Kiln. Dimensions 52 x 60 x 45"),
            ("2 Channel Oscilloscope", 2, "test instrument: 2 Channel Oscilloscope"),
            ("Lathe", 7, "lathe: Lathe"),
        ] {
            assert_eq!(read(item, quantity), machine);
        }
    }

    #[test]
    fn what_nobody_books_is_skipped_with_a_reason() {
        for (item, reason) in [
            ("#NAME?", "a remark, not a machine"),
            ("http://fablablondon.org/machines/", "a remark, not a machine"),
            ("In the Metal workshop we have the following:", "a remark, not a machine"),
            ("110", "a remark, not a machine"),
            ("", "a remark, not a machine"),
            ("None, but microscope at least to come", NOT_THERE),
            ("Kiln (arriving soon)", NOT_THERE),
            ("Workbenches (homemade)", "furniture or fittings, nothing to book by itself"),
            ("Fume extraction for all Laser Cutters", "furniture or fittings, nothing to book by itself"),
            ("10 x laptops", "an everyday device, nothing to book by itself"),
            ("Angle grinder", SMALL),
            ("Loom band kits (good supply)", "a material or consumable"),
            ("Meh", "no sort of machine that is known"),
        ] {
            assert_eq!(read(item, 1), reason, "{item}");
        }
        assert_eq!(machines("General Hand tools (manual)", "Wood lathe", 1), Err(SMALL));
    }
}
