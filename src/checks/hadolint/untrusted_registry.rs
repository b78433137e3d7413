//! Images from a registry that is not trusted.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let trusted = &cx.options().trusted_registries;
        let model = cx.model;
        for image_use in if trusted.is_empty() { &[] } else { model.image_uses() } {
            let Base::Image(image) = &image_use.base else { continue };
            let registry = image.registry();
            if !trusted.iter().any(|pattern| fits(base::registry(pattern), registry)) {
                cx.report(Finding::at(image_use.span).with("registry", registry.to_owned()));
            }
        }
    }
}

/// Whether a registry is the one that is trusted; `*` stands for any part of its name.
fn fits(pattern: &str, registry: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else { return pattern == registry };
    let rest = registry.strip_prefix(start).unwrap_or_default();
    registry.starts_with(start) && rest.len() >= end.len() && rest.ends_with(end)
}
