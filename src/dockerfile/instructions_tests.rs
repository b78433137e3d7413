#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use crate::dockerfile::{self, instructions};
use crate::source::Source;

/// The first error of the file, with the text that it points at.
fn error(text: &str) -> Option<(String, String)> {
    let source = Source::new(text.as_bytes().to_vec()).unwrap();
    let file = dockerfile::parse(&source);
    let (_, error) = instructions::check_file(&file).into_iter().next()?;
    Some((error.kind.to_string(), source.slice(error.span).to_owned()))
}

#[test]
fn accepted() {
    for line in [
        "RUN",
        "CMD",
        "ENTRYPOINT []",
        "CMD []",
        "STOPSIGNAL --x 9",
        "ENV A=",
        "ENV A b",
        "LABEL a=b \"c d\"=e",
        "ARG A B=1 --c",
        "COPY --chown=1 --exclude=a --exclude=b a b/",
        "COPY --link=FALSE --parents a b",
        "ADD --checksum=sha256:a --keep-git-dir --unpack=true a b",
        "COPY <<EOF /x\nEOF",
        "RUN --mount=type=bogus x",
        "RUN --mount=type=cache,target=/x --mount=from=a$ --network=host --security=insecure x",
        "RUN --device=vendor/x=1,required x",
        "HEALTHCHECK NONE",
        "HEALTHCHECK --bogus none",
        "HEALTHCHECK --interval=1h --retries=0 cmd true",
        "EXPOSE 80/tcp bogus",
        "VOLUME /a",
        "VOLUME [\"/a\"]",
        "SHELL [\"bash\", \"-c\"]",
        "ONBUILD RUN --bogus x",
        "ONBUILD FOO",
        "USER a b",
        "WORKDIR a b",
        "MAINTAINER a b",
        "FROM b AS c",
        "FROM --platform=$X b as C.d-e_f",
    ] {
        assert_eq!(error(&format!("FROM a\n{line}\n")), None, "{line}");
    }
    assert_eq!(error("ARG A\nFROM a\n"), None);
}

#[test]
fn refused() {
    for (line, message, place) in [
        ("FORM x", "unknown instruction: FORM (did you mean FROM?)", "FORM"),
        ("form x", "unknown instruction: form (did you mean from?)", "form"),
        ("FROBNICATE x", "unknown instruction: FROBNICATE", "FROBNICATE"),
        ("RUN --mnt=x y", "unknown flag: --mnt (did you mean mount?)", "--mnt=x"),
        ("RUN --bogus y", "unknown flag: --bogus", "--bogus"),
        ("COPY --form=x a b", "unknown flag: --form (did you mean from?)", "--form=x"),
        ("COPY --from=x --from=y a b", "duplicate flag specified: --from", "--from=y"),
        ("COPY --from a b", "missing a value on flag: --from", "--from"),
        ("COPY --link= a b", "missing a value on flag: --link", "--link="),
        ("COPY --link=yes a b", "expecting boolean value for flag --link, not: yes", "--link=yes"),
        ("ENV --x A=b", "unknown flag: --x", "--x"),
        ("LABEL", "LABEL requires at least one argument", "LABEL"),
        ("ENV", "ENV requires at least one argument", "ENV"),
        ("ENV =x", "ENV names can not be blank", "=x"),
        ("ARG", "ARG requires at least one argument", "ARG"),
        ("ARG =x", "ARG names can not be blank", "=x"),
        ("USER", "USER requires exactly one argument", "USER"),
        ("WORKDIR --x /a", "unknown flag: --x", "--x"),
        ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument", "STOPSIGNAL"),
        ("MAINTAINER", "MAINTAINER requires exactly one argument", "MAINTAINER"),
        (
            "COPY a",
            "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
            "COPY",
        ),
        (
            "ADD",
            "ADD requires at least two arguments, but only one was provided. Destination could not be determined",
            "ADD",
        ),
        (
            "COPY [\"a\"]",
            "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
            "COPY",
        ),
        ("COPY a <<E\nE", "COPY cannot accept a heredoc as a destination", "<<E"),
        ("FROM a b", "FROM requires either one or three arguments", "b"),
        ("FROM a OF b", "FROM requires either one or three arguments", "OF b"),
        ("FROM a AS b c", "FROM requires either one or three arguments", "AS b c"),
        ("FROM", "FROM requires either one or three arguments", "FROM"),
        (
            "FROM a AS 1b",
            "invalid name for build stage: \"1b\", name can't start with a number or contain symbols",
            "1b",
        ),
        (
            "FROM a AS b/c",
            "invalid name for build stage: \"b/c\", name can't start with a number or contain symbols",
            "b/c",
        ),
        ("FROM --x=y a", "unknown flag: --x", "--x=y"),
        ("ONBUILD", "ONBUILD requires at least one argument", "ONBUILD"),
        ("ONBUILD onbuild RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", "onbuild"),
        ("ONBUILD from x", "FROM isn't allowed as an ONBUILD trigger", "from"),
        ("ONBUILD Maintainer x", "MAINTAINER isn't allowed as an ONBUILD trigger", "Maintainer"),
        ("SHELL bash -c", "SHELL requires the arguments to be in JSON form", "SHELL bash -c"),
        ("SHELL []", "SHELL requires at least one argument", "SHELL"),
        ("SHELL", "SHELL requires at least one argument", "SHELL"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument", "HEALTHCHECK"),
        ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments", "NONE"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD", "CMD"),
        ("HEALTHCHECK CMD []", "Missing command after HEALTHCHECK CMD", "CMD"),
        ("HEALTHCHECK curl x", "Unknown type \"CURL\" in HEALTHCHECK (try CMD)", "curl"),
        ("HEALTHCHECK --intervall=5s CMD x", "unknown flag: --intervall (did you mean interval?)", "--intervall=5s"),
        ("HEALTHCHECK --interval=5 CMD x", "time: missing unit in duration \"5\"", "--interval=5"),
        ("HEALTHCHECK --timeout=5us CMD x", "Interval \"timeout\" cannot be less than 1ms", "--timeout=5us"),
        ("HEALTHCHECK --timeout=-5s CMD x", "Interval \"timeout\" cannot be less than 1ms", "--timeout=-5s"),
        ("HEALTHCHECK --retries=x CMD y", "strconv.ParseInt: parsing \"x\": invalid syntax", "--retries=x"),
        (
            "HEALTHCHECK --retries=2147483648 CMD y",
            "strconv.ParseInt: parsing \"2147483648\": value out of range",
            "--retries=2147483648",
        ),
        ("HEALTHCHECK --retries=-1 CMD y", "--retries cannot be negative (-1)", "--retries=-1"),
        ("EXPOSE", "EXPOSE requires at least one argument", "EXPOSE"),
        ("EXPOSE --x 80", "unknown flag: --x", "--x"),
        ("VOLUME", "VOLUME requires at least one argument", "VOLUME"),
        ("VOLUME [\"\"]", "VOLUME specified can not be an empty string", "\"\""),
        ("RUN --network=bogus x", "invalid network mode \"bogus\"", "--network=bogus"),
        ("RUN --security= x", "security \"\" is not valid", "--security="),
        ("RUN --mount= x", "failed to parse csv mounts: EOF", "--mount="),
        ("RUN --device= x", "failed to parse csv devices: EOF", "--device="),
        (
            "RUN --mount=a\\\"b x",
            "failed to parse csv mounts: parse error on line 1, column 2: bare \" in non-quoted-field",
            "--mount=a\\\"b",
        ),
        ("RUN --network=a\u{1} x", "invalid network mode \"a\\x01\"", "--network=a\u{1}"),
        ("RUN --mount x", "missing a value on flag: --mount", "--mount"),
        (
            "RUN --mount=from=$x,target=/y z",
            "'from' doesn't support variable expansion, define alias stage instead",
            "$x",
        ),
        ("RUN --device=a,b x", "invalid field 'b' must be a key=value pair", "--device=a,b"),
        ("RUN --device=a,nam=b x", "unexpected key 'nam' in 'nam=b' (did you mean name?)", "--device=a,nam=b"),
        ("RUN --device=required=x y", "invalid value for required: x", "--device=required=x"),
        ("CMD --x y", "unknown flag: --x", "--x"),
        ("ENTRYPOINT --x y", "unknown flag: --x", "--x"),
    ] {
        assert_eq!(error(&format!("FROM a\n{line}\n")), Some((message.into(), place.into())), "{line}");
    }
    assert_eq!(error("RUN x\nFROM a\n"), Some(("no build stage in current context".into(), "RUN".into())));
}

#[test]
fn what_the_syntax_stage_refuses_has_no_second_error() {
    assert_eq!(error("FROM a\nENV A\nCMD [1]\n"), None);
    let (message, _) = error("FROM a\nENV A\nBOGUSES x\nENV B\n").unwrap();
    assert_eq!(message, "unknown instruction: BOGUSES");
}
