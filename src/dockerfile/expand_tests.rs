#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use super::*;

fn environment(name: &str) -> Lookup {
    match name {
        "HOME" => Lookup::Known("/home/me".into()),
        "V" => Lookup::Known("1.25.3".into()),
        "EMPTY" => Lookup::Known(String::new()),
        "F" => Lookup::Known("a.tar.gz".into()),
        "TWO" => Lookup::Known("a  b".into()),
        "STAR" => Lookup::Known("x*y".into()),
        "LINES" => Lookup::Known("aa\nbb".into()),
        "U" => Lookup::Unknown,
        "ключ" => Lookup::Known("значение".into()),
        _ => Lookup::Unset,
    }
}

fn word(text: &str) -> Result<String, String> {
    let lexer = Lexer::default();
    match lexer.word(text, &environment) {
        Ok(Expansion { text, unknown: false, .. }) => Ok(text),
        Ok(_) => Ok("<unknown>".into()),
        Err(error) => Err(error.kind.to_string()),
    }
}

#[test]
fn values() {
    for (text, expected) in [
        ("plain", "plain"),
        ("", ""),
        ("$HOME", "/home/me"),
        ("x$HOME.y", "x/home/me.y"),
        ("${HOME}s", "/home/mes"),
        ("$HOMEs", ""),
        ("$NONE-x", "-x"),
        ("$", "$"),
        ("a$", "a$"),
        ("$.", "$."),
        ("$/", "$/"),
        ("\\$HOME", "$HOME"),
        ("\\\\$HOME", "\\/home/me"),
        ("a\\bc", "abc"),
        ("a\\", "a"),
        ("a\\\\", "a\\"),
        ("'$HOME'", "$HOME"),
        ("'a\\'", "a\\"),
        ("'a b'c", "a bc"),
        ("\"$HOME b\"", "/home/me b"),
        ("\"a\\tb\"", "a\\tb"),
        ("\"a\\\"b\"", "a\"b"),
        ("\"\\$HOME\"", "$HOME"),
        ("\"\\\\$HOME\"", "\\/home/me"),
        ("\"it's\"", "it's"),
        ("'say \"x\"'", "say \"x\""),
        ("a b", "a b"),
        ("${V:-x}", "1.25.3"),
        ("${V-x}", "1.25.3"),
        ("${NONE:-x}", "x"),
        ("${NONE-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${NONE:-}", ""),
        ("${NONE:-$HOME}", "/home/me"),
        ("${NONE:-${NONE:-${V}}}", "1.25.3"),
        ("${NONE:-'a b'}", "a b"),
        ("${NONE:-a\\}b}", "a}b"),
        ("${NONE:-\\$V}", "$V"),
        ("${V:+x}", "x"),
        ("${V+x}", "x"),
        ("${NONE:+x}", ""),
        ("${NONE+x}", ""),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${V:+-$V}", "-1.25.3"),
        ("${V:?}", "1.25.3"),
        ("${V?}", "1.25.3"),
        ("${EMPTY?}", ""),
        ("${V%.*}", "1.25"),
        ("${V%%.*}", "1"),
        ("${V#*.}", "25.3"),
        ("${V##*.}", "3"),
        ("${V%.?}", "1.25"),
        ("${V#?}", ".25.3"),
        ("${V%x}", "1.25.3"),
        ("${V#1.25.3}", ""),
        ("${V%}", "1.25.3"),
        ("${V##}", "1.25.3"),
        ("${F%.gz}", "a.tar"),
        ("${F%%.*}", "a"),
        ("${F#*.}", "tar.gz"),
        ("${F%\".gz\"}", "a.tar"),
        ("${F%${NONE:-.gz}}", "a.tar"),
        ("${NONE%x}", ""),
        ("${STAR#x\\*}", "y"),
        ("${HOME#\\/home}", "/me"),
        ("${V/./-}", "1-25.3"),
        ("${V//./-}", "1-25-3"),
        ("${V//./}", "1253"),
        ("${V/x/y}", "1.25.3"),
        ("${V//?/x}", "xxxxxx"),
        ("${V/*/x}", "x"),
        ("${V/./$HOME}", "1/home/me25.3"),
        ("${HOME//\\//_}", "_home_me"),
        ("${NONE/x/y}", ""),
        ("${V/$EMPTY/x}", "x1.25.3"),
        ("${TWO//$EMPTY/-}", "-a- - -b-"),
        ("${V/.*3/x}", "1x"),
        ("${V/2*./x}", "1.x3"),
        ("${F//a?/x}", "xtx.gz"),
        ("${LINES//?/.}", "..\n.."),
        ("${LINES/*/x}", "x\nbb"),
        ("${LINES//*/x}", "x\nx"),
        ("${LINES##*b}", "aa\nbb"),
        ("${NONE/x/y}z", "z"),
        ("$1", ""),
        ("$12a", "a"),
        ("${1:-x}", "x"),
        ("$@@", "@"),
        ("$$", ""),
        ("$?x", "x"),
        ("${#}", ""),
        ("${@:-x}y", "xy"),
        ("${V}}", "1.25.3}"),
        ("{V}", "{V}"),
        ("${NONE:-b {c}", "b {c"),
        ("a<b", "a<b"),
        ("a<<b", "a<<b"),
        ("$ключ", "значение"),
        ("$U", "<unknown>"),
        ("a${U}b", "<unknown>"),
        ("${U:-x}", "<unknown>"),
        ("${U:+x}", "<unknown>"),
        ("${U%x}", "<unknown>"),
        ("${U/x/y}", "<unknown>"),
        ("${V:-$U}", "1.25.3"),
        ("${NONE:-$U}", "<unknown>"),
        ("${V:+$U}", "<unknown>"),
        ("${NONE:+$U}", ""),
        ("${V%$U}", "<unknown>"),
        ("${V%\\x$U}", "<unknown>"),
        ("${V/$U/x}", "<unknown>"),
        ("'$U'", "$U"),
        ("\"$U\"", "<unknown>"),
    ] {
        assert_eq!(word(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn errors() {
    for (text, expected) in [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ("\"a", "unexpected end of statement while looking for matching double-quote"),
        ("\"a\\\"", "unexpected end of statement while looking for matching double-quote"),
        ("it's", "unexpected end of statement while looking for matching single-quote"),
        ("${V", "unsupported modifier (\u{FFFD}) in substitution"),
        ("${", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${:-x}", "syntax error: bad substitution"),
        ("${{V}}", "syntax error: bad substitution"),
        ("${V@Q}", "unsupported modifier (@) in substitution"),
        ("${.}", "unsupported modifier (.) in substitution"),
        ("${V=x}", "unsupported modifier (=) in substitution"),
        ("${V:=x}", "unsupported modifier (:=) in substitution"),
        ("${V:x}", "unsupported modifier (:x) in substitution"),
        ("${V:#x}", "unsupported modifier (:#) in substitution"),
        ("${V:%x}", "unsupported modifier (:%) in substitution"),
        ("${V:-x", "syntax error: missing '}'"),
        ("${V:-${V}", "syntax error: missing '}'"),
        ("${V:-'x}", "syntax error: missing '}'"),
        ("${V:-\"x}", "syntax error: missing '}'"),
        ("${V/'x/y}", "syntax error: missing '/' in ${}"),
        ("${V:-${NONE?x}", "syntax error: missing '}'"),
        ("${V:-${NONE?x}}", "NONE: x"),
        ("${NONE?}", "NONE: is not allowed to be unset"),
        ("${NONE:?}", "NONE: is not allowed to be unset"),
        ("${EMPTY:?}", "EMPTY: is not allowed to be empty"),
        ("${EMPTY:?say it}", "EMPTY: say it"),
        ("${V/x}", "syntax error: missing '/' in ${}"),
        ("${V/x/y", "syntax error: missing '}'"),
        ("${V%\\x}", "invalid pattern (\\x) in substitution: invalid escape '\\x'"),
    ] {
        assert_eq!(word(text), Err(expected.into()), "{text}");
    }
    let error = Lexer::default().words("it's", &environment).unwrap_err();
    assert!(error.to_string().starts_with("failed to process \"it's\": unexpected end"));
    let error = Lexer::default().word("\u{1}'", &environment).unwrap_err();
    assert!(error.to_string().starts_with("failed to process \"\\x01'\": "));
    let deep = "${a:-".repeat(100_000);
    assert!(Lexer::default().word(&deep, &environment).is_err());
}

#[test]
fn words() {
    let plain = Lexer::default();
    let raw = Lexer { raw_quotes: true, raw_escapes: true, skip_unset: true, ..plain };
    for (lexer, text, expected) in [
        (plain, "a b", &["a", "b"] as &[&str]),
        (plain, "  a\tb ", &["a", "b"]),
        (plain, "a\\ b", &["a b"]),
        (plain, "'a b' c", &["a b", "c"]),
        (plain, "a'b c'd", &["ab cd"]),
        (plain, "$TWO", &["a", "b"]),
        (plain, "x${TWO}y", &["xa", "by"]),
        (plain, "\"$TWO\"", &["a  b"]),
        (plain, "''", &[]),
        (plain, "a '' b", &["a", "b"]),
        (raw, "a 'b c' \"d\"", &["a", "'b c'", "\"d\""]),
        (raw, "a\\ b", &["a\\ b"]),
        (raw, "$x ${y}", &["$x", "${y}"]),
        (raw, "cat << EOF >f", &["cat", "<< EOF", ">f"]),
        (raw, "cat <<EOF>f", &["cat", "<<EOF>f"]),
        (raw, "a <<<b", &["a", "<<<b"]),
        (raw, "a${x:-y}b", &["${x:-y}b"]),
    ] {
        assert_eq!(lexer.words(text, &environment).unwrap(), expected, "{text}");
    }
}

#[test]
fn ranges_and_references() {
    let raw = Lexer { raw_quotes: true, raw_escapes: true, skip_unset: true, ..Lexer::default() };
    let text = "RUN  cat << EOF 'x y'";
    let words = raw.words_at(text, &environment).unwrap();
    let sliced: Vec<_> = words.iter().map(|(word, range)| (word.as_str(), &text[range.clone()])).collect();
    assert_eq!(sliced, [("RUN", "RUN"), ("cat", "cat"), ("<< EOF", "<< EOF"), ("'x y'", "'x y'")]);

    let text = "$a \"${b:-${c}}\" '$d' \\$e ${f%x}";
    let references = Lexer::default().references(text);
    let found: Vec<_> = references.iter().map(|r| (r.name.as_str(), &text[r.range.clone()], r.has_default)).collect();
    assert_eq!(found, [("a", "$a", false), ("b", "${b:-${c}}", true), ("c", "${c}", false), ("f", "${f%x}", false)]);
}

#[test]
fn matches_are_told_apart() {
    let expansion = Lexer::default().word("$HOME ${NONE:-$V}", &environment).unwrap();
    assert_eq!(expansion.matched.into_iter().collect::<Vec<_>>(), ["HOME", "V"]);
    assert_eq!(expansion.unmatched.into_iter().collect::<Vec<_>>(), ["NONE"]);
}

#[test]
fn the_escape_character_may_be_a_backtick() {
    let lexer = Lexer { escape: '`', ..Lexer::default() };
    assert_eq!(lexer.word("c:\\x`$HOME", &environment).unwrap().text, "c:\\x$HOME");
}

#[test]
fn an_error_that_depends_on_values_ends_no_list_of_references() {
    for text in ["${a:?no}$b", "${a?}${b}", "${a#\\x}$b", "${a/\\x/y}$b"] {
        let references = Lexer::default().references(text);
        assert_eq!(references.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["a", "b"], "{text}");
    }
}

#[test]
fn values_cannot_fill_the_memory() {
    let lexer = Lexer::default();
    let long = "a".repeat(40_000);
    let environment = |_: &str| Lookup::Known(long.clone());
    assert_eq!(lexer.fold("$a", &environment), Folded::Known(long.clone()));
    assert_eq!(lexer.word("$a$a", &environment).unwrap_err().kind, ExpandErrorKind::TooLong);
    assert_eq!(lexer.fold("${a//a/aaaa}", &environment), Folded::Unknown);
    // What the file itself says has no limit.
    let literal = "x".repeat(1 << 20);
    assert_eq!(lexer.fold(&literal, &environment), Folded::Known(literal.clone()));
}
