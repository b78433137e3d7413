//! BuildKit's build checks, by name, and whether a file asks for them.

use crate::dockerfile::check_options::{self, CheckOptions, CheckOptionsError};

use super::{Model, Step};

/// The checks that run unless they are skipped.
pub const CHECKS: [&str; 21] = [
    "ConsistentInstructionCasing",
    "CopyIgnoredFile",
    "DuplicateStageName",
    "ExposeInvalidFormat",
    "ExposeProtoCasing",
    "FromAsCasing",
    "FromPlatformFlagConstDisallowed",
    "InvalidBaseImagePlatform",
    "InvalidDefaultArgInFrom",
    "JSONArgsRecommended",
    "LegacyKeyValueFormat",
    "MaintainerDeprecated",
    "MultipleInstructionsDisallowed",
    "NoEmptyContinuation",
    "RedundantTargetPlatform",
    "ReservedStageName",
    "SecretsUsedInArgOrEnv",
    "StageNameCasing",
    "UndefinedArgInFrom",
    "UndefinedVar",
    "WorkdirRelativePath",
];

/// The checks that only run where they are asked for; nothing skips them.
pub const EXPERIMENTAL: [&str; 1] = ["InvalidDefinitionDescription"];

impl Model<'_> {
    /// The options that the file gives to all checks with `# check=`.
    pub fn check_options(&self) -> Result<CheckOptions, CheckOptionsError> {
        check_options::directive(self.source)
            .map_or_else(|| Ok(CheckOptions::default()), |it| CheckOptions::parse(&it.text))
    }

    /// Whether BuildKit would run a check, for an instruction with what the comments above it ask. The build argument
    /// `BUILDKIT_DOCKERFILE_CHECK` takes the place of the file's options; a file cannot give it, an ARG of that name is any other.
    pub fn runs_check(&self, check: &str, step: Option<&Step<'_>>) -> bool {
        let of_file = self.check_options().unwrap_or_default();
        let comments = step.map(|step| step.instruction.leading_comments.as_slice()).unwrap_or_default();
        let of_step = CheckOptions::of_comments(comments, self.source);
        if EXPERIMENTAL.contains(&check) {
            return of_file.experimental.contains(check) || of_step.experimental.contains(check);
        }
        !(of_file.skip.contains(check) || of_step.skip.contains(check))
    }
}
