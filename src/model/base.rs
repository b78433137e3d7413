//! What is known of base images: which are official, which distribution they hold, what its apt can do.

use super::image::ImageReference;
use crate::library::Library;

/// Whether the programme has an image of this name.
pub fn is_official_name(name: &str) -> bool {
    Library::built_in().has_image(name)
}

/// What a distribution is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Debian: dpkg and apt.
    Debian,
    /// Ubuntu: dpkg and apt.
    Ubuntu,
    /// Alpine: apk and BusyBox.
    Alpine,
    /// Fedora, Red Hat, Oracle Linux, Amazon Linux, openSUSE and the like: rpm.
    Rpm,
    /// BusyBox alone.
    Busybox,
    /// Windows.
    Windows,
}

/// Repositories whose images are one family whatever their tag.
const REPOSITORIES: &[(&str, Family)] = &[
    ("alpine", Family::Alpine),
    ("almalinux", Family::Rpm),
    ("amazonlinux", Family::Rpm),
    ("busybox", Family::Busybox),
    ("buildpack-deps", Family::Debian),
    ("centos", Family::Rpm),
    ("debian", Family::Debian),
    ("fedora", Family::Rpm),
    ("mageia", Family::Rpm),
    ("opensuse/leap", Family::Rpm),
    ("opensuse/tumbleweed", Family::Rpm),
    ("oraclelinux", Family::Rpm),
    ("photon", Family::Rpm),
    ("rockylinux", Family::Rpm),
    ("sapmachine", Family::Ubuntu),
    ("ubuntu", Family::Ubuntu),
];

/// Whether it is a distribution and nothing else: it comes without ENTRYPOINT and WORKDIR, and its CMD is a shell.
pub fn is_distribution(image: &ImageReference) -> bool {
    let name = image.familiar();
    name.starts_with("redhat/ubi")
        || name == "archlinux"
        || REPOSITORIES.iter().any(|(repository, _)| *repository == name && *repository != "sapmachine")
}

/// A release of Debian or Ubuntu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// Its code name.
    pub name: &'static str,
    /// Whose it is.
    pub family: Family,
    /// The version of its apt.
    pub apt: (u8, u8, u8),
    /// Its number in tags, where tags have one.
    number: &'static str,
}

impl Suite {
    /// How many releases are older, of any family.
    pub fn age(&self) -> u64 {
        SUITES.iter().take_while(|suite| suite.name != self.name).count() as u64
    }
}

/// The releases with their apt, oldest first (packages.debian.org, packages.ubuntu.com).
const SUITES: &[Suite] = &[
    Suite { name: "wheezy", family: Family::Debian, apt: (0, 9, 7), number: "7" },
    Suite { name: "jessie", family: Family::Debian, apt: (1, 0, 9), number: "8" },
    Suite { name: "stretch", family: Family::Debian, apt: (1, 4, 11), number: "9" },
    Suite { name: "buster", family: Family::Debian, apt: (1, 8, 2), number: "10" },
    Suite { name: "bullseye", family: Family::Debian, apt: (2, 2, 4), number: "11" },
    Suite { name: "bookworm", family: Family::Debian, apt: (2, 6, 1), number: "12" },
    Suite { name: "trixie", family: Family::Debian, apt: (3, 0, 3), number: "13" },
    Suite { name: "forky", family: Family::Debian, apt: (3, 1, 0), number: "14" },
    Suite { name: "sid", family: Family::Debian, apt: (3, 1, 0), number: "" },
    Suite { name: "precise", family: Family::Ubuntu, apt: (0, 8, 16), number: "12.04" },
    Suite { name: "trusty", family: Family::Ubuntu, apt: (1, 0, 1), number: "14.04" },
    Suite { name: "xenial", family: Family::Ubuntu, apt: (1, 2, 35), number: "16.04" },
    Suite { name: "bionic", family: Family::Ubuntu, apt: (1, 6, 17), number: "18.04" },
    Suite { name: "cosmic", family: Family::Ubuntu, apt: (1, 7, 0), number: "18.10" },
    Suite { name: "disco", family: Family::Ubuntu, apt: (1, 8, 0), number: "19.04" },
    Suite { name: "eoan", family: Family::Ubuntu, apt: (1, 9, 4), number: "19.10" },
    Suite { name: "focal", family: Family::Ubuntu, apt: (2, 0, 10), number: "20.04" },
    Suite { name: "groovy", family: Family::Ubuntu, apt: (2, 1, 10), number: "20.10" },
    Suite { name: "hirsute", family: Family::Ubuntu, apt: (2, 2, 3), number: "21.04" },
    Suite { name: "impish", family: Family::Ubuntu, apt: (2, 3, 9), number: "21.10" },
    Suite { name: "jammy", family: Family::Ubuntu, apt: (2, 4, 13), number: "22.04" },
    Suite { name: "kinetic", family: Family::Ubuntu, apt: (2, 5, 3), number: "22.10" },
    Suite { name: "lunar", family: Family::Ubuntu, apt: (2, 6, 0), number: "23.04" },
    Suite { name: "mantic", family: Family::Ubuntu, apt: (2, 7, 3), number: "23.10" },
    Suite { name: "noble", family: Family::Ubuntu, apt: (2, 8, 3), number: "24.04" },
    Suite { name: "oracular", family: Family::Ubuntu, apt: (2, 9, 8), number: "24.10" },
    Suite { name: "plucky", family: Family::Ubuntu, apt: (3, 0, 0), number: "25.04" },
    Suite { name: "questing", family: Family::Ubuntu, apt: (3, 1, 6), number: "25.10" },
    Suite { name: "resolute", family: Family::Ubuntu, apt: (3, 2, 0), number: "26.04" },
    Suite { name: "stonking", family: Family::Ubuntu, apt: (3, 2, 0), number: "26.10" },
];

impl Suite {
    /// Whether `apt-get dist-clean` exists, which removes the package lists (apt 2.7.8).
    pub const fn has_dist_clean(&self) -> bool {
        matches!(self.apt, (2, 7.., 8..) | (2, 8.., _) | (3.., _, _))
    }
}

/// The release of this code name.
pub fn suite_named(name: &str) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.name == name)
}

/// The release of Debian or Ubuntu that an image holds, where its tag tells.
pub fn suite(image: &ImageReference) -> Option<&'static Suite> {
    let tag = image.tag.as_deref()?;
    let parts = || tag.split(['-', '_']);
    let of_distribution = match image.unnamespaced() {
        Some("debian") => Some(Family::Debian),
        Some("ubuntu") => Some(Family::Ubuntu),
        _ => None,
    };
    SUITES.iter().find(|suite| {
        parts().any(|part| part == suite.name)
            || (Some(suite.family) == of_distribution
                && parts().next().is_some_and(|first| {
                    let number = if suite.family == Family::Debian {
                        first.split('.').next().unwrap_or_default()
                    } else {
                        first
                    };
                    !suite.number.is_empty() && number == suite.number
                }))
    })
}

/// The family of an image, where its name or tag tells.
pub fn family(image: &ImageReference) -> Option<Family> {
    let name = image.familiar();
    let tag = image.tag.as_deref().unwrap_or_default();
    let is_windows = ["mcr.microsoft.com/windows/", "mcr.microsoft.com/dotnet/framework/"];
    if is_windows.iter().any(|prefix| name.starts_with(prefix))
        || tag.contains("windowsservercore")
        || tag.contains("nanoserver")
    {
        return Some(Family::Windows);
    }
    if name.starts_with("redhat/ubi") || name.contains("/ubi8") || name.contains("/ubi9") || name.contains("/ubi10") {
        return Some(Family::Rpm);
    }
    if let Some(&(_, family)) = REPOSITORIES.iter().find(|(repository, _)| *repository == name) {
        return Some(family);
    }
    if tag.split('-').any(|part| part.starts_with("alpine")) {
        return Some(Family::Alpine);
    }
    if let Some(suite) = suite(image) {
        return Some(suite.family);
    }
    let rpm = ["oracle", "oraclelinux", "fedora", "centos", "ubi", "amazonlinux", "al2023", "almalinux", "rockylinux"];
    if tag.split('-').any(|part| rpm.iter().any(|name| part.starts_with(name))) {
        return Some(Family::Rpm);
    }
    None
}

/// A tag to show in a message: the newest stable release of a distribution.
pub fn example_tag(image: &ImageReference) -> Option<&'static str> {
    Some(match image.unnamespaced()? {
        "debian" => "trixie-slim",
        "ubuntu" => "noble",
        "alpine" => "3.22",
        _ => return None,
    })
}

/// The name of a registry; Docker Hub goes by several.
pub fn registry(name: &str) -> &str {
    match name {
        "index.docker.io" | "registry-1.docker.io" | "hub.docker.com" => "docker.io",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_suites() {
        for (image, expected, suite_name) in [
            ("debian:trixie-slim", Some(Family::Debian), Some("trixie")),
            ("debian:12.5-slim", Some(Family::Debian), Some("bookworm")),
            ("ubuntu:24.04", Some(Family::Ubuntu), Some("noble")),
            ("python:3.13-slim-bookworm", Some(Family::Debian), Some("bookworm")),
            ("golang:1.25-alpine3.22", Some(Family::Alpine), None),
            ("redis:8-alpine", Some(Family::Alpine), None),
            ("eclipse-temurin:21-jdk-noble", Some(Family::Ubuntu), Some("noble")),
            ("oraclelinux:9-slim", Some(Family::Rpm), None),
            ("redhat/ubi9:latest", Some(Family::Rpm), None),
            ("mcr.microsoft.com/windows/servercore:ltsc2025", Some(Family::Windows), None),
            ("golang:1.25", None, None),
        ] {
            let image = ImageReference::parse(image);
            assert_eq!((family(&image), suite(&image).map(|suite| suite.name)), (expected, suite_name), "{image:?}");
        }
    }

    #[test]
    fn dist_clean_came_with_apt_2_7_8() {
        let has = |name: &str| SUITES.iter().find(|suite| suite.name == name).unwrap().has_dist_clean();
        assert!(!has("bookworm") && !has("jammy") && has("noble") && has("trixie"));
    }
}
