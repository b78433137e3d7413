//! Writes the source of the documentation site, for mdBook: the documents of `docs/` and `rules/`, and pages made from the rule book.
//!
//! ```text
//! cargo run --example site -- target/site && mdbook build target/site
//! ```
//!
//! `scripts/site.sh` does both. What stands on a rule's page below an example is what the linter finds in it.
#![allow(clippy::print_stderr, reason = "it is a program")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use oi_lint::rulebook::{Rule, Rulebook};
use serde::Deserialize;

mod documents;
mod lists;
mod markup;
mod rule;

use documents::{DOCUMENTS, Part};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The categories of rules that repeat what another linter reports; `docs/guidelines.yaml` has the others.
const OF_OTHER_LINTERS: [(&str, &str, &str); 3] = [
    (
        "buildkit",
        "BuildKit's build checks",
        "What `docker build --check` reports, for the profile `buildkit`. No builder and no registry is asked.",
    ),
    ("hadolint", "hadolint's rules", "What hadolint reports, judged as hadolint judges, for the profile `hadolint`."),
    (
        "shell",
        "ShellCheck's findings",
        "What ShellCheck finds in RUN and in entrypoint scripts. In the profiles `default` and `official` are those that break a build.",
    ),
];

/// A category of rules.
struct Category {
    name: String,
    title: String,
    asks: String,
}

/// A section of `docs/guidelines.yaml`.
#[derive(Deserialize)]
struct Section {
    title: String,
    category: Option<String>,
    asks: String,
}

/// What the pages are made from.
struct Site {
    /// The repository.
    root: PathBuf,
    book: Rulebook,
    categories: Vec<Category>,
}

impl Site {
    fn open() -> Result<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let sections: Vec<Section> = serde_yaml::from_str(&read(&root.join("docs/guidelines.yaml"))?)?;
        let of_guidelines = sections
            .into_iter()
            .filter_map(|section| Some(Category { name: section.category?, title: section.title, asks: section.asks }));
        let of_others = OF_OTHER_LINTERS.map(|(name, title, asks)| Category {
            name: name.to_owned(),
            title: title.to_owned(),
            asks: asks.to_owned(),
        });
        let categories: Vec<Category> = of_guidelines.chain(of_others).collect();
        let book = Rulebook::builtin();
        let homeless = book.rules().find(|rule| !categories.iter().any(|category| category.name == rule.category));
        if let Some(rule) = homeless {
            return Err(format!("{}: no category `{}`", rule.name, rule.category).into());
        }
        Ok(Self { root, book, categories })
    }

    fn rules_of(&self, category: &Category) -> impl Iterator<Item = &Rule> {
        self.book.rules().filter(move |rule| rule.category == category.name)
    }

    /// Writes the pages, with the configuration of mdBook beside them.
    fn write(&self, out: &Path) -> Result<()> {
        let src = out.join("src");
        if src.exists() {
            fs::remove_dir_all(&src)?;
        }
        for document in DOCUMENTS {
            put(&src, document.page, &documents::page(self, document)?)?;
        }
        for rule in self.book.rules() {
            put(&src, &format!("rules/{}", rule.name), &rule::page(self, rule)?)?;
        }
        for category in &self.categories {
            put(&src, &format!("categories/{}", category.name), &lists::category(self, category))?;
        }
        put(&src, "rules/index", &lists::rules(self))?;
        put(&src, "names", &lists::names(self))?;
        put(&src, "SUMMARY", &self.summary())?;
        for name in ["book.toml", "site.css"] {
            fs::copy(self.root.join("docs/site").join(name), out.join(name))?;
        }
        fs::copy(self.root.join("docs/oi-lint.schema.json"), src.join("oi-lint.schema.json"))?;
        Ok(())
    }

    /// The table of contents.
    fn summary(&self) -> String {
        let entry = |title: &str, page: &str| format!("- [{title}]({page}.md)\n");
        let part = |part: Part| DOCUMENTS.iter().filter(move |document| document.part == part);
        let mut out = String::from("# Summary\n\n");
        for document in part(Part::Front) {
            out += &format!("[{}]({}.md)\n\n", document.title, document.page);
        }
        for document in part(Part::Use) {
            out += &entry(document.title, document.page);
        }
        out += &entry("Rules", "rules/index");
        for category in &self.categories {
            out += &format!("  {}", entry(&category.title, &format!("categories/{}", category.name)));
            for rule in self.rules_of(category) {
                out += &format!("    {}", entry(&rule.name, &format!("rules/{}", rule.name)));
            }
        }
        out += &entry("Names in other linters", "names");
        for document in part(Part::Extend) {
            out += &entry(document.title, document.page);
        }
        out
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn put(folder: &Path, page: &str, text: &str) -> Result<()> {
    let path = folder.join(format!("{page}.md"));
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    fs::write(path, text)?;
    Ok(())
}

/// The way from a page to another.
fn link(from: &str, to: &str) -> String {
    "../".repeat(from.matches('/').count()) + to
}

fn main() -> ExitCode {
    let Some(out) = env::args_os().nth(1) else {
        eprintln!("usage: cargo run --example site -- FOLDER");
        return ExitCode::from(2);
    };
    match Site::open().and_then(|site| site.write(Path::new(&out))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
