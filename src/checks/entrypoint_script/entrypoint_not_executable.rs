//! A script that the kernel cannot run: no execute bit, carriage returns, a byte order mark.

use crate::checks::prelude::*;
use beside::CopiedMode;

const BOM: &str = "\u{feff}";

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn script(&mut self, script: &Script, cx: &mut Context<'_, '_>) {
        let text = cx.model.source.text();
        let first = cx.model.source.line_span(1);
        let line = Span::new(first.start, first.start + cx.text(first).trim_end().len() as u32);
        let at = script.shebang.as_ref().map_or(line, |shebang| shebang.span);
        if text.starts_with(BOM) {
            let mark = Span::new(0, BOM.len() as u32);
            cx.report(Finding::at(at).edit(mark, "").title("remove the byte order mark").variant("byte-order-mark"));
        }
        if script.shebang.is_some() && cx.text(first).ends_with("\r\n") {
            let ends = text.match_indices("\r\n").map(|(at, _)| Span::new(at as u32, at as u32 + 1));
            let finding = Finding::at(at).title("end the lines with line feeds alone").variant("carriage-return");
            cx.report(ends.fold(finding, |finding, end| finding.edit(end, "")));
        }
        let name = cx.surroundings.name.clone().unwrap_or_else(|| "docker-entrypoint.sh".to_owned());
        let context = cx.surroundings.context.as_ref();
        let by_dockerfile = context.and_then(|context| beside::copied_mode(context, &name));
        if let Some(CopiedMode::Taken(mode)) = by_dockerfile {
            cx.report(Finding::at(at).with("mode", mode).variant("taken"));
            return;
        }
        let Some(mode) = cx.surroundings.mode.filter(|mode| mode.bits & 0o111 == 0) else { return };
        let (place, how) =
            if mode.is_in_index { (" in git's index", "git update-index --chmod=+x") } else { ("", "chmod +x") };
        let finding = Finding::at(at).with("mode", format!("{:o}", mode.bits)).with("place", place);
        let finding = finding.with("command", format!("{how} {name}"));
        cx.report(match by_dockerfile {
            Some(CopiedMode::Given) => finding.variant("made-executable"),
            Some(_) => finding,
            // The Dockerfile that copies it may make it executable.
            None => finding.variant("unseen"),
        });
    }
}
