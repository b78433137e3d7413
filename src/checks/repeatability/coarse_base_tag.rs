//! Tags of language images that say too little.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// What a series of releases is for an image: the versions in one of its tags that name it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Series {
    /// `22`: a major version is maintained for years.
    Major,
    /// `3.13`: each minor version is a series.
    Minor,
}

/// Images of languages and their servers with several variants, an example of a full tag for each.
const IMAGES: &[(&str, Series, &str)] = &[
    ("amazoncorretto", Series::Major, "21-al2023"),
    ("clojure", Series::Major, "temurin-21-tools-deps-trixie"),
    ("eclipse-temurin", Series::Major, "21-jre-noble"),
    ("elixir", Series::Minor, "1.18-otp-27-slim"),
    ("erlang", Series::Major, "27-slim"),
    ("golang", Series::Minor, "1.25-trixie"),
    ("gradle", Series::Major, "9-jdk21-noble"),
    ("haskell", Series::Minor, "9.10-slim-bookworm"),
    ("ibm-semeru-runtimes", Series::Major, "open-21-jre-noble"),
    ("jetty", Series::Major, "12.0-jre21-eclipse-temurin"),
    ("jruby", Series::Minor, "10.0-jre21"),
    ("julia", Series::Minor, "1.12-trixie"),
    ("maven", Series::Minor, "3.9-eclipse-temurin-21-noble"),
    ("node", Series::Major, "24-trixie-slim"),
    ("openjdk", Series::Major, "26-jdk-slim-trixie"),
    ("perl", Series::Minor, "5.42-slim-trixie"),
    ("php", Series::Minor, "8.4-fpm-trixie"),
    ("pypy", Series::Minor, "3.11-slim-trixie"),
    ("python", Series::Minor, "3.13-slim-trixie"),
    ("ruby", Series::Minor, "3.4-slim-trixie"),
    ("rust", Series::Minor, "1.90-slim-trixie"),
    ("swift", Series::Minor, "6.1-noble"),
    ("tomcat", Series::Minor, "11.0-jre21-temurin-noble"),
    ("tomee", Series::Minor, "10.1-jre21-temurin-ubuntu"),
];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Base::Image(image) = &image_use.base else { continue };
            let (Some(name), Some(tag)) = (image.unnamespaced(), image.tag.as_deref()) else { continue };
            let Some(&(_, series, example)) = IMAGES.iter().find(|(known, ..)| *known == name) else { continue };
            // A digest says all. `latest` is a mistake of its own; what is copied from an image is a tool.
            if image_use.user != ImageUser::From || image.digest.is_some() || tag.starts_with("latest") {
                continue;
            }
            let first = tag.split('-').next().unwrap_or_default();
            let is_number = first.starts_with(|c: char| c.is_ascii_digit());
            let is_major = is_number && first.chars().all(|c| c.is_ascii_digit());
            let finding = if is_major && series == Series::Minor {
                Finding::at(image_use.part_span(tag)).with("missing", "minor version")
            } else if !is_number && names_no_version(tag) {
                Finding::at(image_use.part_span(tag)).with("missing", "version")
            } else {
                continue;
            };
            let example = format!("{}:{example}", image.repository);
            cx.report(finding.with("image", image.text.clone()).with("example", example));
        }
    }
}

/// Whether a tag has no number that may be a version: the release in `alpine3.22` and `al2023` is the distribution's.
fn names_no_version(tag: &str) -> bool {
    !tag.split('-').any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}
