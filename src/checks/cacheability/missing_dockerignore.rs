//! Where all of the context is copied, a `.dockerignore` keeps out what lies there and is not for the image.

use crate::checks::prelude::*;

/// Names in the context's folder that belong into no image: folders, which end in a slash, and files.
const UNWANTED: [&str; 27] = [
    ".git/",
    ".svn/",
    ".hg/",
    ".env",
    ".env.local",
    ".env.production",
    ".ssh/",
    ".aws/",
    ".gnupg/",
    ".netrc",
    ".pypirc",
    ".pgpass",
    ".htpasswd",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "node_modules/",
    "bower_components/",
    ".venv/",
    "venv/",
    "__pycache__/",
    ".pytest_cache/",
    ".tox/",
    ".terraform/",
    ".gradle/",
    ".vagrant/",
];
/// Endings of files with keys.
const KEYS: [&str; 5] = [".pem", ".key", ".p12", ".pfx", ".jks"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let surroundings = cx.surroundings;
        let model = cx.model;
        let Some(context) = &surroundings.context else { return };
        let Some(disk) = SourcesOnDisk::of(model, surroundings) else { return };
        let is_whole = |source: &&ContextSource| {
            source.keyword != Keyword::Run
                && !source.leads_out
                && context::is_whole(&format!("/{}", source.path))
                && model.step(source.step).is_some_and(|step| !model.starts_from_nothing(step))
        };
        let Some(source) = disk.sources().find(is_whole) else { return };
        let own = surroundings.name.as_ref().map(|name| format!("{name}.dockerignore"));
        let lists = own.iter().map(String::as_str).chain([".dockerignore", ".containerignore"]);
        if lists.into_iter().any(|name| context.presence(name) != Presence::Absent)
            || matches!(disk.standing(), Standing::Above | Standing::Divided)
        {
            return;
        }
        let excluded = model.step(source.step).and_then(excludes).unwrap_or_default();
        let Some(entries) = context.list("") else { return };
        let unwanted: Vec<&str> = UNWANTED.iter().copied().filter(|entry| is_there(context, &entries, entry)).collect();
        let keys = entries
            .iter()
            .map(String::as_str)
            .filter(|name| KEYS.iter().any(|end| name.ends_with(end)) && context.presence(name) == Presence::File);
        let named = unwanted.into_iter().map(|entry| entry.trim_end_matches('/')).chain(keys);
        let named: Vec<&str> = named.filter(|name| excluded.excluding(name).is_none()).take(3).collect();
        let Some(first) = named.first().copied() else { return };
        let list: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
        cx.report(
            Finding::at(source.span)
                .with("source", source.written.clone())
                .with("keyword", source.keyword.as_str())
                .with("first", first.to_owned())
                .with("names", list.join(", ")),
        );
    }
}

fn is_there(context: &BuildContext, names: &[String], entry: &str) -> bool {
    let name = entry.trim_end_matches('/');
    let wanted = if entry.ends_with('/') { Presence::Folder } else { Presence::File };
    names.binary_search_by(|known| known.as_str().cmp(name)).is_ok() && context.presence(name) == wanted
}

/// What the instruction itself leaves out.
fn excludes(step: &Step<'_>) -> Option<Dockerignore> {
    let transfer = context::transfer(step)?;
    let values = transfer.excludes.iter().filter_map(|flag| flag.value.as_ref());
    Dockerignore::of(values.map(|value| value.text.as_str()))
}
