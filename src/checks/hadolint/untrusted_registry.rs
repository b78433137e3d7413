//! Images from a registry that is not trusted.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let trusted = &cx.options().trusted_registries;
        let model = cx.model;
        for image_use in if trusted.is_empty() { &[] } else { model.image_uses() } {
            let registry = match &image_use.base {
                Base::Image(image) => image.registry(),
                Base::Unknown => match written(cx.text(image_use.span)) {
                    Some(registry) => registry,
                    None => continue,
                },
                _ => continue,
            };
            if !trusted.iter().any(|pattern| fits(base::registry(pattern), registry)) {
                cx.report(Finding::at(image_use.span).with("registry", registry.to_owned()));
            }
        }
    }
}

/// The registry of an image whose tag or path only the build knows.
fn written(image: &str) -> Option<&str> {
    let (host, _) = image.split_once('/')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (host.contains(['.', ':']) && host.chars().all(is_plain)).then_some(host)
}

/// Whether a registry is the one that is trusted; `*` stands for any part of its name.
fn fits(pattern: &str, registry: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else { return pattern == registry };
    let rest = registry.strip_prefix(start).unwrap_or_default();
    registry.starts_with(start) && rest.len() >= end.len() && rest.ends_with(end)
}
