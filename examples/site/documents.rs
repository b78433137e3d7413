//! The documents that are written by hand. They are read on GitHub too, so that their links lead to files; on the site those lead
//! to pages, or to the file in the repository.

use std::path::{Component, Path, PathBuf};

use crate::{Result, Site, link, markup, read};

/// Where a document stands in the table of contents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Before all others.
    Front,
    /// Before the rules.
    Use,
    /// After them.
    Extend,
}

/// A document of the repository.
pub(crate) struct Document {
    pub(crate) source: &'static str,
    pub(crate) page: &'static str,
    pub(crate) title: &'static str,
    pub(crate) part: Part,
}

const fn document(source: &'static str, page: &'static str, title: &'static str, part: Part) -> Document {
    Document { source, page, title, part }
}

/// All of them, in the order of the table of contents.
pub(crate) const DOCUMENTS: &[Document] = &[
    document("docs/index.md", "index", "oi-lint", Part::Front),
    document("docs/getting-started.md", "getting-started", "Getting started", Part::Use),
    document("docs/configuration.md", "configuration", "Configuration", Part::Use),
    document("docs/ci.md", "ci", "Hooks and CI", Part::Use),
    document("docs/many-files.md", "many-files", "A great many files", Part::Use),
    document("docs/coming-from-hadolint.md", "coming-from-hadolint", "Coming from hadolint", Part::Use),
    document(
        "docs/submitting-an-official-image.md",
        "submitting-an-official-image",
        "Submitting an official image",
        Part::Use,
    ),
    document("docs/guidelines.md", "guidelines", "The guidelines", Part::Use),
    document("rules/README.md", "writing-rules", "Writing rules", Part::Extend),
    document("docs/design.md", "design", "Design", Part::Extend),
    document("docs/threat-model.md", "threat-model", "Threat model", Part::Extend),
    document("CONTRIBUTING.md", "contributing", "Contributing", Part::Extend),
];

/// The page of a document.
pub(crate) fn page(site: &Site, document: &Document) -> Result<String> {
    let text = read(&site.root.join(document.source))?;
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            out += &linked(site, document, line)?;
            continue;
        };
        let mut words = info.split_whitespace();
        let (language, file) = (words.next().unwrap_or_default(), words.next());
        let indent = line.len() - line.trim_start().len();
        let body: String = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        if let Some(file) = file {
            out += &format!("<p class=\"file\"><code>{}</code></p>\n\n", markup::escape(file));
        }
        if indent > 0 {
            // It stands in a list, where HTML would end it.
            out += &format!("{0}```{language}\n{body}{0}```\n", " ".repeat(indent));
        } else {
            out += &markup::block(language, &body);
        }
    }
    Ok(out)
}

/// A line with its links; the names of rules become some, outside headings.
fn linked(site: &Site, document: &Document, line: &str) -> Result<String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', ']']) {
        let (before, from) = rest.split_at(at);
        out += before;
        if let Some((target, after)) = from.strip_prefix("](").and_then(|target| target.split_once(')')) {
            out += &format!("]({})", resolve(site, document, target)?);
            rest = after;
        } else if let Some((code, after)) = from.strip_prefix('`').and_then(|code| code.split_once('`')) {
            let is_rule = !line.starts_with('#') && !out.ends_with('[') && site.book.get(code).is_some();
            out += &if is_rule {
                format!("[`{code}`]({})", link(document.page, &format!("rules/{code}.md")))
            } else {
                format!("`{code}`")
            };
            rest = after;
        } else {
            let (one, after) = from.split_at(1);
            out += one;
            rest = after;
        }
    }
    Ok(out + rest)
}

/// Where a link of a document leads on the site.
fn resolve(site: &Site, document: &Document, target: &str) -> Result<String> {
    if let Some(page) = target.strip_prefix(env!("CARGO_PKG_HOMEPAGE")) {
        let page = page.trim_start_matches('/');
        return Ok(link(document.page, if page.is_empty() { "index.html" } else { page }));
    }
    if target.starts_with('#') || target.contains("://") {
        return Ok(target.to_owned());
    }
    let (file, anchor) = target.split_once('#').map_or((target, String::new()), |(file, at)| (file, format!("#{at}")));
    let folder = Path::new(document.source).parent().unwrap_or(Path::new(""));
    let path = normal(&folder.join(file));
    let shown = path.to_string_lossy();
    if let Some(known) = DOCUMENTS.iter().find(|known| known.source == shown) {
        return Ok(link(document.page, &format!("{}.md{anchor}", known.page)));
    }
    if !site.root.join(&path).exists() {
        return Err(format!("{}: there is no {shown}", document.source).into());
    }
    Ok(format!("{}/blob/main/{shown}{anchor}", env!("CARGO_PKG_REPOSITORY")))
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            out.pop();
        } else {
            out.push(part);
        }
    }
    out
}
