//! Repositories that are not fetched over HTTPS.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for field in manifest.in_force("GitRepo") {
            let repo = field.value(cx.model.source);
            if !repo.text.is_empty()
                && let Some(finding) = finding(&repo)
            {
                cx.report(finding);
            }
        }
    }
}

/// Hosts that serve the repositories of all other schemes over HTTPS, under the same path.
const HOSTS: [&str; 3] = ["github.com", "gitlab.com", "bitbucket.org"];

fn finding(repo: &Item) -> Option<Finding<'static>> {
    let text = repo.text.as_str();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.to_owned()),
        None => (String::new(), text.to_owned()),
    };
    let finding = Finding::at(repo.span).with("repo", text.to_owned());
    // `git@host:path` is ssh's.
    if scheme.is_empty() {
        let ssh = text.split_once(':').filter(|(host, _)| !host.contains('/') && host.contains(['@', '.']));
        return Some(match ssh {
            Some((host, path)) => {
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                finding.variant("ssh").with("known", format!("https://{host}/{}", path.trim_start_matches('/')))
            }
            None if is_host(text.split('/').next().unwrap_or_default()) && text.contains('/') => {
                finding.variant("scheme").with("known", format!("https://{text}"))
            }
            None => meant(text).map_or(finding.clone(), |known| finding.variant("scheme").with("known", known)),
        });
    }
    let (authority, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = host.to_ascii_lowercase();
    let host = host.as_str();
    let known = match of_github(repo, host, path) {
        // What git itself calls it, at once.
        Some((_, Some(known))) if host == "github.com" => known,
        _ => page_of(host, path).unwrap_or_else(|| format!("https://{host}/{path}")),
    };
    match scheme.as_str() {
        "https" if !matches!(user, "" | "git") => {
            Some(Finding::at(repo.span).variant("credentials").with("known", known))
        }
        "https" if host.is_empty() || path.is_empty() => Some(finding),
        "https" if host != "github.com" => {
            page_of(host, path).map(|known| finding.variant("page").with("known", known))
        }
        "https" => of_github(repo, host, path).map(|(finding, known)| match known {
            Some(known) => finding.edit(repo.span, known),
            None => finding,
        }),
        "git" | "http" => {
            let finding = finding.variant("scheme").with("known", known.clone());
            // A page is none of git's addresses.
            let is_known =
                HOSTS.contains(&host) && user.is_empty() && !path.contains(['?', '#']) && !is_page(host, path);
            Some(finding.edit(repo.span, known).fix_if(is_known))
        }
        "ssh" | "git+ssh" | "ssh+git" => {
            let host = host.split(':').next().unwrap_or_default();
            Some(finding.variant("ssh").with("known", format!("https://{host}/{path}")))
        }
        _ => Some(match meant(text) {
            Some(known) => finding.variant("scheme").with("known", known),
            None => finding,
        }),
    }
}

/// The repository on GitHub that an address was to name whose scheme is misspelled.
fn meant(text: &str) -> Option<String> {
    let (_, path) = text.split_once("github.com/")?;
    let (owner, name) = path.trim_end_matches('/').split_once('/')?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    (is_plain(owner) && is_plain(name)).then(|| format!("https://github.com/{owner}/{name}.git"))
}

fn is_host(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    name.contains('.') && name.split('.').all(is_part)
}

/// On GitHub a repository is an owner and a name; what lies below is a page.
fn of_github(repo: &Item, host: &str, path: &str) -> Option<(Finding<'static>, Option<String>)> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let finding = Finding::at(repo.span).with("repo", repo.text.clone());
    match parts.as_slice() {
        [_, name] if name.strip_suffix(".git").is_some() => None,
        [owner, name] if !name.contains(['?', '#']) => {
            let known = format!("https://{host}/{owner}/{name}.git");
            Some((finding.variant("ending").with("known", known.clone()), Some(known)))
        }
        [owner, name, _, ..] => {
            let name = name.trim_end_matches(".git");
            Some((finding.variant("page").with("known", format!("https://{host}/{owner}/{name}.git")), None))
        }
        _ => Some((finding, None)),
    }
}

/// Whether a path leads to no repository.
fn is_page(host: &str, path: &str) -> bool {
    host == "github.com" && path.split('/').filter(|part| !part.is_empty()).count() != 2
        || page_of(host, path).is_some()
}

/// The repository that a page is about, on other hosts than GitHub itself: GitLab has `/-/` before its pages, Bitbucket
/// an owner and a name.
fn page_of(host: &str, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (host, parts) = match host {
        "raw.githubusercontent.com" | "codeload.github.com" => ("github.com", parts.get(..2)?),
        "bitbucket.org" if parts.len() > 2 => (host, parts.get(..2)?),
        _ => (host, parts.get(..parts.iter().position(|part| *part == "-").filter(|at| *at > 1)?)?),
    };
    Some(format!("https://{host}/{}.git", parts.join("/").trim_end_matches(".git")))
}
