//! The name of a program that has signed in, for people.

const PROGRAMS: [(&str, &str); 5] =
    [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Returns the program and its system, such as `Firefox, Windows`; the first 80 characters of the header `User-Agent` for a program that
/// is not known; none for an empty header.
pub(super) fn device(user_agent: &str) -> Option<String> {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => Some(format!("{program}, {system}")),
        _ => Some(user_agent.chars().take(80).collect()).filter(|name: &String| !name.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn browsers_are_named_and_other_programs_as_they_name_themselves() {
        let windows =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(device(windows).as_deref(), Some("Chrome, Windows"));
        assert_eq!(device(&format!("{windows} Edg/142.0")).as_deref(), Some("Edge, Windows"));
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device(phone).as_deref(), Some("Safari, iPhone"));
        assert_eq!(device("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0").as_deref(), Some("Firefox, Linux"));
        assert_eq!(device("curl/8.5.0").as_deref(), Some("curl/8.5.0"));
        assert_eq!(device(&"x".repeat(200)).map(|name| name.len()), Some(80));
        assert_eq!(device(""), None);
    }
}
