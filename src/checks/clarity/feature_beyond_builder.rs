//! What BuildKit alone can do, in a Dockerfile that is built with the classic builder.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// The flags that the classic builder knows (github.com/moby/moby, builder/dockerfile).
const CLASSIC: [(Keyword, &[&str]); 3] =
    [(Keyword::Run, &[]), (Keyword::Copy, &["from", "chown"]), (Keyword::Add, &["chown"])];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let Some(build) = cx.surroundings.builds.iter().find(|build| build.builder == "classic") else { return };
        let image = format!("{}:{}", build.image, build.tag);
        let is_windows = build.architecture.starts_with("windows-");
        let mut beyond: Vec<(String, Span)> = Vec::new();
        for step in &cx.model.steps {
            let Some((_, known)) = CLASSIC.iter().find(|(keyword, _)| *keyword == step.keyword()) else { continue };
            let flags = step.instruction.flags.iter().filter(|flag| !known.contains(&flag.name.text.as_str()));
            beyond.extend(flags.map(|flag| (format!("--{}", flag.name.text), flag.name.span)));
            beyond.extend(step.heredocs.iter().map(|heredoc| ("<<".to_owned(), heredoc.operator)));
        }
        for (feature, span) in beyond {
            let finding = Finding::at(span).with("feature", feature).with("image", image.clone());
            cx.report(if is_windows { finding.variant("windows") } else { finding });
        }
    }
}
