//! What applies to a path, and which file says so.

use std::path::Path;

use super::keys::{Keys, OptionKeys, Texts};
use super::{CommandLine, Config, File, LayerOf};
use crate::diagnostic::Severity;
use crate::report::{printable_json, printable_line};
use crate::yaml::scalar;

impl Config {
    /// The configuration of a file as YAML, the origin of each value behind it.
    pub fn show(&self, place: &Path, shown: &Path) -> String {
        let layers = self.layers(place);
        let settings = self.settings(place, &CommandLine::default());
        let mut out = format!("# for {}\n", printable_line(&shown.to_string_lossy()));
        if self.files.is_empty() {
            out += "# no configuration file: all is as it is by default\n";
        }
        if let Some(file) = self.files.iter().find(|file| self.is_meant(&file.exclude, file, place)) {
            out += &format!("# excluded, by {}\n", path_of(file));
        }
        let last = |has: fn(&LayerOf<'_>) -> bool| layers.iter().rev().find(|layer| has(layer)).map(origin);
        let of_file = |has: fn(&Keys) -> bool| self.files.iter().rev().find(|file| has(&file.keys)).map(path_of);
        let mut line = |text: String, origin: Option<String>| {
            out += &format!("{text}  # {}\n", origin.as_deref().unwrap_or("default"));
        };
        line(format!("profile: {}", settings.profile.as_str()), last(|layer| layer.profile.is_some()));
        let fail_on = self.fail_on().unwrap_or_default();
        line(format!("fail-on: {}", fail_on.as_str()), of_file(|keys| keys.fail_on.is_some()));
        line(format!("format: {}", self.format().unwrap_or_default().as_str()), of_file(|keys| keys.format.is_some()));
        let baseline = self.files.iter().rev().find_map(|file| file.keys.baseline.as_deref());
        let baseline = baseline.map_or_else(|| "null".to_owned(), scalar);
        line(format!("baseline: {baseline}"), of_file(|keys| keys.baseline.is_some()));
        let select = if settings.select.is_empty() { "select: []" } else { "select:" };
        line(select.to_owned(), last(|layer| layer.select.is_some()));
        for name in &settings.select {
            out += &format!("  - {}\n", scalar(name));
        }
        // Of a name that several layers have the last counts.
        let all: Vec<_> = layers
            .iter()
            .flat_map(|layer| layer.severities().into_iter().map(|(name, severity)| (name, severity, origin(layer))))
            .collect();
        let is_last = |(at, said): &(usize, &(String, _, String))| {
            all.iter().skip(at + 1).all(|(name, ..)| !name.eq_ignore_ascii_case(&said.0))
        };
        let lines = all.iter().enumerate().filter(is_last).map(|(_, (name, severity, origin))| {
            let level = severity.map_or("off", Severity::as_str);
            (format!("{}: {level}", scalar(name)), origin.clone())
        });
        section(&mut out, "severity", "  ", "{}", lines);
        let options = self.files.iter().filter_map(|file| Some((file.keys.options.as_ref()?, file)));
        let registries = options.clone().flat_map(|(keys, file)| {
            keys.trusted_registries.0.iter().map(move |name| (format!("- {}", scalar(name)), path_of(file)))
        });
        let labels = settings.options.label_schema.iter().map(|(label, kind)| {
            let says = |(keys, _): &(&OptionKeys, _)| {
                keys.label_schema.as_ref().is_some_and(|labels| labels.contains_key(label))
            };
            let origin = options.clone().rfind(says).map_or_else(String::new, |(_, file)| path_of(file));
            (format!("{}: {}", scalar(label), kind.as_str()), origin)
        });
        out += "options:\n";
        section(&mut out, "  trusted-registries", "    ", "[]", registries);
        section(&mut out, "  label-schema", "    ", "{}", labels);
        let strict = options.clone().rfind(|(keys, _)| keys.strict_labels.is_some());
        let strict = strict.map_or_else(|| "default".to_owned(), |(_, file)| path_of(file));
        out += &format!("  strict-labels: {}  # {strict}\n", settings.options.strict_labels);
        let texts = |of: fn(&Keys) -> &Texts| {
            self.files.iter().flat_map(move |file| {
                of(&file.keys).0.iter().map(move |text| (format!("- {}", scalar(text)), path_of(file)))
            })
        };
        section(&mut out, "exclude", "  ", "[]", texts(|keys| &keys.exclude));
        section(&mut out, "rules", "  ", "[]", texts(|keys| &keys.rules));
        // A text in quotes is one of JSON.
        printable_json(&out).into_owned()
    }
}

fn section(out: &mut String, key: &str, indent: &str, empty: &str, lines: impl Iterator<Item = (String, String)>) {
    let lines: Vec<String> = lines.map(|(text, origin)| format!("{indent}{text}  # {origin}\n")).collect();
    let behind = if lines.is_empty() { format!(" {empty}") } else { String::new() };
    *out += &format!("{key}:{behind}\n{}", lines.concat());
}

fn origin(layer: &LayerOf<'_>) -> String {
    let file = path_of(layer.file);
    let paths = || printable_line(&layer.paths.join(", ")).into_owned();
    if layer.paths.is_empty() { file } else { format!("{file}, for {}", paths()) }
}

fn path_of(file: &File) -> String {
    printable_line(&file.path.to_string_lossy()).into_owned()
}
