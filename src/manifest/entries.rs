//! What rules ask of entries: their tags, and which of them are one image.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Entry, FIELDS_BY_ARCHITECTURE, Item, Manifest, Paragraph, clean_path, of_architecture};
use crate::source::Source;

/// What bashbrew builds an entry from; entries that agree in it are one image (rfc2822.go, `SameBuildArtifacts`).
#[derive(Debug, PartialEq, Eq, Hash)]
struct Artefacts {
    architectures: BTreeSet<String>,
    /// Those of [`FIELDS_BY_ARCHITECTURE`].
    fields: Vec<String>,
    by_architecture: BTreeMap<String, String>,
    constraints: Vec<String>,
}

/// How bashbrew builds an entry on one architecture (rfc2822.go, `ArchDirectory` and the like).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Build {
    /// The name of the image.
    pub image: String,
    /// The first tag of the entry.
    pub tag: String,
    /// The architecture.
    pub architecture: String,
    /// The address of the repository.
    pub repository: String,
    /// The Dockerfile in it, a clean path.
    pub dockerfile: String,
    /// The builder, which is `classic` on Windows and `buildkit` elsewhere unless the entry names one
    /// (github.com/docker-library/meta-scripts, meta.jq).
    pub builder: String,
}

impl Manifest {
    /// How each entry is built on each of its architectures.
    pub fn builds(&self, image: &str, source: &Source) -> Vec<Build> {
        let of_entry = |entry: Entry<'_>| {
            let architectures = entry.architectures(source);
            architectures.into_iter().map(|architecture| entry.build(image, architecture, source)).collect::<Vec<_>>()
        };
        self.entries().flat_map(of_entry).collect()
    }

    /// For each entry the index of the one that bashbrew adds its tags to: the first with the same artefacts, which may be
    /// the entry itself. An entry without a repository or a commit is not yet anything, and stays alone.
    pub fn merged(&self, source: &Source) -> Vec<usize> {
        let mut first: HashMap<Artefacts, usize> = HashMap::new();
        let entries = self.entries().enumerate();
        entries
            .map(|(index, entry)| entry.artefacts(source).map_or(index, |built| *first.entry(built).or_insert(index)))
            .collect()
    }
}

impl Paragraph {
    /// The tags of both kinds that it names.
    pub fn tags(&self, source: &Source) -> Vec<Item> {
        let fields = ["Tags", "SharedTags"].into_iter().filter_map(|name| self.field(name));
        fields.flat_map(|field| field.items(source)).collect()
    }
}

impl Entry<'_> {
    /// Its tags, which it has for itself.
    pub fn tags(&self, source: &Source) -> Vec<Item> {
        self.own.field("Tags").map(|field| field.items(source)).unwrap_or_default()
    }

    /// The tags that it may share with other entries.
    pub fn shared_tags(&self, source: &Source) -> Vec<Item> {
        self.field("SharedTags").map(|field| field.items(source)).unwrap_or_default()
    }

    /// The versions of Windows that it needs; its own come on top of those of all.
    pub fn constraints(&self, source: &Source) -> Vec<Item> {
        let fields = [self.global, self.own].into_iter().filter_map(|paragraph| paragraph.field("Constraints"));
        fields.flat_map(|field| field.items(source)).collect()
    }

    /// How it is built on an architecture.
    pub fn build(&self, image: &str, architecture: String, source: &Source) -> Build {
        let given = |name: &str| self.field(name).map(|field| field.value(source).text).filter(|text| !text.is_empty());
        let value = |name: &str| given(&format!("{architecture}-{name}")).or_else(|| given(name));
        let or_default = |name: &str| value(name).unwrap_or_else(|| default(name).to_owned());
        let builder = if architecture.starts_with("windows-") { "classic" } else { "buildkit" };
        Build {
            image: image.to_owned(),
            tag: self.tags(source).into_iter().next().map(|tag| tag.text).unwrap_or_default(),
            repository: or_default("GitRepo"),
            dockerfile: clean_path(&format!("{}/{}", or_default("Directory"), or_default("File"))),
            builder: value("Builder").unwrap_or_else(|| builder.to_owned()),
            architecture,
        }
    }

    fn artefacts(&self, source: &Source) -> Option<Artefacts> {
        self.field("GitRepo")?;
        self.field("GitCommit")?;
        let value = |name: &str| {
            let given = self.field(name).map(|field| field.value(source).text);
            clean(name, given.as_deref().unwrap_or_else(|| default(name)))
        };
        let mut by_architecture = BTreeMap::new();
        for field in self.global.fields.iter().chain(&self.own.fields) {
            let name = field.name.text.as_str();
            if let Some((_, part)) = of_architecture(name)
                && FIELDS_BY_ARCHITECTURE.contains(&part)
            {
                by_architecture.insert(name.to_owned(), clean(part, &field.value(source).text));
            }
        }
        by_architecture.retain(|_, value| !value.is_empty());
        Some(Artefacts {
            architectures: self.architectures(source).into_iter().collect(),
            fields: FIELDS_BY_ARCHITECTURE.into_iter().map(value).collect(),
            by_architecture,
            constraints: self.constraints(source).into_iter().map(|item| item.text).collect(),
        })
    }
}

/// What a field is where no paragraph has it (rfc2822.go, `DefaultManifestEntry`).
fn default(field: &str) -> &'static str {
    match field {
        "GitFetch" => "refs/heads/master",
        "Directory" => ".",
        "File" => "Dockerfile",
        _ => "",
    }
}

/// A value as bashbrew compares it (`CleanDirectoryValues`).
fn clean(field: &str, value: &str) -> String {
    if field == "Directory" && !value.is_empty() { clean_path(value) } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn builds() {
        let text = "Maintainers: Ann Lee (@ann)\nGitRepo: https://example.org/a.git\ni386-Directory: x\n\nTags: 1, 1.0\n\
                    Architectures: amd64, i386, windows-amd64\nDirectory: ./y/\ni386-Builder: oci-import\n";
        let source = Source::new(text.as_bytes().to_vec()).unwrap();
        let builds = parse(&source).builds("a", &source);
        let shown: Vec<String> = builds
            .iter()
            .map(|build| format!("{} {} {} {}", build.tag, build.architecture, build.dockerfile, build.builder))
            .collect();
        let expected =
            ["1 amd64 y/Dockerfile buildkit", "1 i386 x/Dockerfile oci-import", "1 windows-amd64 y/Dockerfile classic"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn entries_that_are_one() {
        let head = "Maintainers: Ann Lee (@ann)\nGitRepo: https://github.com/example/image.git\n\n";
        for (first, second, is_one) in [
            ("GitCommit: a", "GitCommit: a", true),
            ("GitCommit: a", "GitCommit: b", false),
            ("GitCommit: a\nDirectory: x", "GitCommit: a\nDirectory: ./y/../x/", true),
            ("GitCommit: a\nDirectory: .", "GitCommit: a\nFile: Dockerfile\nGitFetch: refs/heads/master", true),
            ("GitCommit: a\nArchitectures: amd64, i386", "GitCommit: a\nArchitectures: i386,amd64", true),
            ("GitCommit: a\nArchitectures: amd64", "GitCommit: a", true),
            ("GitCommit: a\ni386-Directory: x", "GitCommit: a", false),
            ("GitCommit: a\ni386-Directory: x", "GitCommit: a\ni386-Directory: x/.", true),
            ("GitCommit: a\nConstraints: c", "GitCommit: a", false),
            ("GitCommit: a\nBuilder: buildkit", "GitCommit: a", false),
            ("GitCommit: a\nMaintainers: Bo (@bo)\nSharedTags: x", "GitCommit: a", true),
            ("Directory: x", "Directory: x", false),
        ] {
            let text = format!("{head}Tags: 1\n{first}\n\nTags: 2\n{second}\n");
            let source = Source::new(text.into_bytes()).unwrap();
            let merged = parse(&source).merged(&source);
            assert_eq!(merged, [0, usize::from(!is_one)], "{first:?} {second:?}");
        }
    }
}
