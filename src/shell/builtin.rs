//! What ShellCheck finds, found in Rust. This is the one file that names `shuck-linter`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use shuck_linter::{
    AmbientShellOptions, AnalysisRequest, Applicability, LinterSettings, Rule, ShellCheckCodeMap, ShellDialect,
};
use shuck_parser::ShellProfile;
use shuck_parser::parser::Parser;

use super::Dialect;
use super::ast::{PartKind, Quoting, Word};
use super::kept::Kept;
use super::lint::{Code, ShellFinding, ShellFix, ShellScript};
use super::lower::{MAX_PARSER_DEPTH, MAX_PARSER_STEPS};
use crate::source::Joined;

/// What BusyBox can and dash cannot: those that ShellCheck knows, and what BusyBox 1.35 runs besides.
const BEYOND_DASH: [Code; 28] = [
    2112, 2113, 2240, 3001, 3003, 3010, 3012, 3014, 3015, 3018, 3020, 3021, 3026, 3036, 3037, 3040, 3043, 3045, 3046,
    3047, 3048, 3052, 3057, 3058, 3060, 3061, 3065, 3067,
];

/// A word that braces make into more words than these has its script not linted: the linter writes them all out.
const MOST_WORDS_OF_BRACES: usize = 4096;
/// A variable that a script has more often than this has the script not linted: the linter looks at the ways from each place to
/// each other one.
const MOST_REFERENCES: usize = 500;
/// A longer script, in bytes, is not linted: the linter compares its commands with each other.
const MOST_LINTED: usize = 128 << 10;
/// So much is kept, in bytes of scripts and of what was found in them.
const MOST_KEPT: usize = 8 << 20;

/// The linter, for a choice of codes.
#[derive(Debug)]
pub struct ShellLinter {
    settings: LinterSettings,
    codes: BTreeMap<&'static str, Code>,
    /// For comments that name ShellCheck's codes; making it takes longer than linting a short script.
    map: ShellCheckCodeMap,
    kept: Kept<ShellScript, Arc<[ShellFinding]>>,
}

impl ShellLinter {
    /// A linter that looks for these codes, which are sorted.
    pub fn new(codes: &[Code]) -> Self {
        debug_assert!(codes.is_sorted());
        let map = ShellCheckCodeMap::default();
        let mut chosen: Vec<(Code, Rule)> = map
            .mappings()
            .filter_map(|(code, rule)| Some((Code::try_from(code).ok()?, rule)))
            .filter(|(code, _)| codes.binary_search(code).is_ok())
            .collect();
        chosen.sort_by_key(|(code, rule)| (*code, rule.code()));
        Self {
            settings: LinterSettings::for_rules(chosen.iter().map(|(_, rule)| *rule))
                .with_resolve_source_closure(false),
            codes: chosen.iter().map(|(code, rule)| (rule.code(), *code)).collect(),
            map,
            kept: Kept::new(MOST_KEPT),
        }
    }

    /// Lints a script, or says again what was found in the same one. Text that the parser cannot read has no findings.
    pub fn lint(&self, script: &ShellScript) -> Arc<[ShellFinding]> {
        if let Some(answer) = self.kept.get(script) {
            return answer;
        }
        // A panic of the linter costs its findings in this script, and nothing else.
        let run = std::panic::AssertUnwindSafe(|| self.run(script));
        let answer: Arc<[ShellFinding]> = std::panic::catch_unwind(run).unwrap_or_default().into();
        let size = size_of::<ShellScript>() + script.text.len() + size_of_val::<[ShellFinding]>(&answer);
        self.kept.keep(size, || (script.clone(), Arc::clone(&answer)));
        answer
    }

    fn run(&self, script: &ShellScript) -> Vec<ShellFinding> {
        let dialect = match script.dialect {
            // ShellCheck takes a script that does not say so for one of bash.
            None | Some(Dialect::Bash) => ShellDialect::Bash,
            Some(Dialect::Sh) => ShellDialect::Sh,
            Some(Dialect::Dash | Dialect::Busybox) => ShellDialect::Dash,
            Some(Dialect::Ksh) => ShellDialect::Ksh,
            // ShellCheck does not read it.
            Some(Dialect::Zsh) => return Vec::new(),
        };
        let is_long = script.text.len() > MOST_LINTED;
        if is_long || braces_multiply(&script.text) || repeats_a_variable(&script.text) {
            return Vec::new();
        }
        let options = AmbientShellOptions { errexit: script.errexit, pipefail: script.pipefail };
        let settings = self.settings.clone().with_shell(dialect).with_ambient_shell_options(options);
        let profile = ShellProfile::native(dialect.parser_dialect());
        let parsed = Parser::with_limits_and_profile(&script.text, MAX_PARSER_DEPTH, MAX_PARSER_STEPS, profile).parse();
        let request = AnalysisRequest::from_parse_result(&parsed, &script.text, &settings);
        let found = request.with_shellcheck_map(&self.map).lint();
        let is_busybox = script.dialect == Some(Dialect::Busybox);
        found
            .into_iter()
            .filter_map(|found| self.finding(found, &script.text))
            .filter(|found| !(is_busybox && BEYOND_DASH.contains(&found.code)))
            .collect()
    }

    fn finding(&self, found: shuck_linter::Diagnostic, text: &str) -> Option<ShellFinding> {
        let code = *self.codes.get(found.code())?;
        let fix = found.fix.map(|fix| ShellFix {
            is_safe: fix.applicability() == Applicability::Safe,
            edits: fix
                .edits()
                .iter()
                .map(|edit| {
                    let range = edit.range();
                    (usize::from(range.start())..usize::from(range.end()), edit.content().to_owned())
                })
                .collect(),
        });
        // Its offsets may lie inside a character, or behind the end.
        let start = text.floor_char_boundary(found.span.start.offset());
        let range = start..text.ceil_char_boundary(found.span.end.offset()).max(start);
        Some(ShellFinding { code, message: found.message, range, fix })
    }
}

/// Whether some word of a script becomes more than [`MOST_WORDS_OF_BRACES`] words.
fn braces_multiply(text: &str) -> bool {
    // All braces of a script taken for those of one word are few as a rule, and then nobody needs to know the words.
    if words_of_braces(text) <= MOST_WORDS_OF_BRACES {
        return false;
    }
    let mut script = Joined::default();
    script.push(text, 0);
    let Ok(list) = super::parse(&script) else { return true };
    // In quotes they are no more than text, unless the word has others: then the linter writes out both.
    let literal = |word: &Word, is_all: bool| {
        let literals = word.parts.iter().filter_map(|part| match &part.kind {
            PartKind::Literal(text) if is_all || part.quoting == Quoting::None => Some(text.as_str()),
            _ => None,
        });
        literals.collect::<String>()
    };
    let mut words = super::invocations(&list).into_iter().flat_map(|command| &command.simple.words);
    words.any(|word| literal(word, false).contains('{') && words_of_braces(&literal(word, true)) > MOST_WORDS_OF_BRACES)
}

/// Whether a script has a variable more than [`MOST_REFERENCES`] times.
fn repeats_a_variable(text: &str) -> bool {
    if text.bytes().filter(|&byte| byte == b'$').count() <= MOST_REFERENCES {
        return false;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    text.split('$').skip(1).any(|behind| {
        let name = behind.strip_prefix('{').unwrap_or(behind);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default();
        let count = counts.entry(name).or_default();
        *count += usize::from(!name.is_empty());
        *count > MOST_REFERENCES
    })
}

/// How many words braces with commas in them make of one, or more.
fn words_of_braces(text: &str) -> usize {
    let (mut product, mut open) = (1_usize, Vec::new());
    for byte in text.bytes() {
        match byte {
            b'{' => open.push(1_usize),
            b',' => open.last_mut().into_iter().for_each(|choices| *choices += 1),
            b'}' => product = product.saturating_mul(open.pop().unwrap_or(1)),
            _ => {}
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_multiply() {
        for (text, expected) in [
            ("rm -rf /x/{a,b,c}", false),
            (&format!("rm -rf /x/{}", "{a,b}".repeat(12)), false),
            (&format!("rm -rf /x/{}", "{a,b}".repeat(13)), true),
            (&format!("rm -rf /x/{}", "{a,{b,c}{d,e}}".repeat(5)), true),
            (&format!("if x; then y $(rm -rf \"$x\"/{}); fi", "{a,b}".repeat(60)), true),
            // In quotes, in words of their own.
            (&format!("cc - '{}'", "{a,b}".repeat(60)), false),
            (&format!("cc - '{}'{{a,b}}", "{a,b}".repeat(60)), true),
            (&"rm -rf /x/{a,b}\n".repeat(60), false),
            (&format!("cat > x <<'E'\n{}\nE\n", "{\"a\": 1, \"b\": 2},".repeat(60)), false),
        ] {
            assert_eq!(braces_multiply(text), expected, "{text}");
        }
    }

    #[test]
    fn variables_in_many_places() {
        assert!(!repeats_a_variable(&"echo $x \"${x}\"\n".repeat(250)));
        assert!(repeats_a_variable(&"echo $x \"${x}\"\n".repeat(251)));
        let different: Vec<String> = (0..2000).map(|number| format!("echo $x{number} $(y)\n")).collect();
        assert!(!repeats_a_variable(&different.concat()));
    }

    #[test]
    fn a_script_that_names_no_shell_is_one_of_bash() {
        let text = "f() {\n\tlocal name=$1\n\techo \"$name\"\n}\n".to_owned();
        let script = |dialect| ShellScript { text: text.clone(), dialect, errexit: false, pipefail: false };
        let linter = ShellLinter::new(&[2086, 3043]);
        assert_eq!(*linter.lint(&script(None)), []);
        let codes: Vec<Code> = linter.lint(&script(Some(Dialect::Sh))).iter().map(|found| found.code).collect();
        assert!(codes.contains(&3043), "{codes:?}");
    }

    #[test]
    fn a_very_long_script_is_not_linted() {
        let linter = ShellLinter::new(&[2086]);
        for (len, found) in [(MOST_LINTED, 1), (MOST_LINTED + 1, 0)] {
            let text = format!("rm $x #{}", "a".repeat(len - 7));
            let script = ShellScript { text, dialect: Some(Dialect::Sh), errexit: false, pipefail: false };
            assert_eq!((script.text.len(), linter.lint(&script).len()), (len, found));
        }
    }

    #[test]
    fn an_equal_script_is_linted_once() {
        let script = |text: String| ShellScript { text, dialect: Some(Dialect::Sh), errexit: true, pipefail: false };
        let linter = ShellLinter::new(&[2086]);
        let first = linter.lint(&script("rm $X".to_owned()));
        assert_eq!(first.len(), 1);
        assert!(Arc::ptr_eq(&first, &linter.lint(&script("rm $X".to_owned()))));
        // Another one is another, and so is the same in another shell.
        assert!(!Arc::ptr_eq(&first, &linter.lint(&script("rm $Y".to_owned()))));
        let bash = ShellScript { dialect: Some(Dialect::Bash), ..script("rm $X".to_owned()) };
        assert!(!Arc::ptr_eq(&first, &linter.lint(&bash)));
    }
}
