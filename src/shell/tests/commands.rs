use super::parse;
use crate::shell::ast::{Command, Simple};
use crate::shell::table::Verb;
use crate::shell::{CommandLine, invocations, read};
use crate::source::Span;

/// `wrappers> name subcommand | options | operands`, `%` for what is expanded.
fn describe(line: &CommandLine<'_>) -> String {
    let text = |word: &crate::shell::ast::Word| word.literal().map_or("%".to_owned(), std::borrow::Cow::into_owned);
    let mut out: String = line.wrappers.iter().map(|word| format!("{}> ", text(word))).collect();
    out += &line.name;
    if let Some(word) = line.subcommand {
        out += &format!(" {}", text(word));
    }
    out += " |";
    for option in &line.options {
        out += &format!(" {}", option.name);
        if let Some(value) = &option.value {
            out += &format!("={}", value.text.as_deref().unwrap_or("%"));
        }
    }
    out += " |";
    for word in &line.operands {
        out += &format!(" {}", text(word));
    }
    out
}

fn first(text: &str) -> Simple {
    let list = parse(text);
    invocations(&list).first().unwrap().simple.clone()
}

#[test]
fn options_and_operands() {
    #[rustfmt::skip]
    let rows = [
        // apt and dpkg
        ("apt-get update", "apt-get update | |"),
        ("apt-get install -y --no-install-recommends curl wget=1.2", "apt-get install | -y --no-install-recommends | curl wget=1.2"),
        ("apt-get -o Acquire::Retries=3 -qq install -yf foo", "apt-get install | -o=Acquire::Retries=3 -q -q -y -f | foo"),
        ("apt-get -oDpkg::Use-Pty=0 --assume-yes install ./x.deb", "apt-get install | -o=Dpkg::Use-Pty=0 -y | ./x.deb"),
        ("apt-get install -t=bookworm-backports foo", "apt-get install | -t=bookworm-backports | foo"),
        ("apt-get install -t \"$suite\" foo $bar", "apt-get install | -t=% | foo %"),
        ("apt-get -q=2 install foo", "apt-get install | -q=2 | foo"),
        ("apt-get install --yes -- foo -bar", "apt-get install | -y | foo -bar"),
        ("/usr/bin/apt-get remove --purge --auto-remove foo", "apt-get remove | --purge --auto-remove | foo"),
        ("apt-get source --compile foo=$V", "apt-get source | -b | %"),
        ("apt-mark auto '.*'", "apt-mark auto | | .*"),
        ("apt-key adv --keyserver hkps://k --recv-keys ABC", "apt-key adv | --keyserver=hkps://k --recv-keys | ABC"),
        ("dpkg -i a.deb", "dpkg | -i | a.deb"),
        ("dpkg --add-architecture i386", "dpkg | --add-architecture | i386"),
        ("dpkg-query --show --showformat '${Package}' x", "dpkg-query | -W -f=${Package} | x"),
        // apk
        ("apk add --no-cache --virtual .build-deps gcc", "apk add | --no-cache -t=.build-deps | gcc"),
        ("apk add -Uut.run foo", "apk add | -U -u -t=.run | foo"),
        ("apk --update add foo", "apk add | -U | foo"),
        ("apk add --update-cache --repository=https://r foo@edge", "apk add | -U -X=https://r | foo@edge"),
        ("apk --no-network del .build-deps", "apk del | --no-network | .build-deps"),
        // rpm
        ("yum -y install foo-1.2", "yum install | -y | foo-1.2"),
        ("dnf install -y --setopt=install_weak_deps=False --nodocs a b", "dnf install | -y --setopt=install_weak_deps=False --nodocs | a b"),
        ("microdnf --enablerepo extras install a", "microdnf install | --enablerepo=extras | a"),
        ("tdnf clean all", "tdnf clean | | all"),
        ("rpm -ivh https://x/a.rpm", "rpm | -i -v -h | https://x/a.rpm"),
        ("rpm --import https://x/key", "rpm | --import | https://x/key"),
        ("zypper --non-interactive in --no-rec foo", "zypper in | -n --no-recommends | foo"),
        ("pacman -Syu --noconfirm foo", "pacman | -S -y -u --noconfirm | foo"),
        // languages
        ("pip3 install --no-cache-dir -r requirements.txt foo==1", "pip3 install | --no-cache-dir -r=requirements.txt | foo==1"),
        ("python3 -m pip install -U pip", "python3> pip install | -U | pip"),
        ("python -c 'import x' a", "python | -c=import x | a"),
        ("pip3.11 install --upgrade pip", "pip3.11 install | -U | pip"),
        ("npm i -g foo@1 @a/b@2", "npm i | -g | foo@1 @a/b@2"),
        ("npm --prefix /x install", "npm install | -C=/x |"),
        ("yarn global add foo", "yarn add | | foo"),
        ("gem install -N -v 1.2 foo", "gem install | -N -v=1.2 | foo"),
        ("go install -ldflags '-s -w' example.com/x@v1", "go install | -ldflags=-s -w | example.com/x@v1"),
        ("go build -o=/x -v ./...", "go build | -o=/x -v | ./..."),
        ("cargo install --locked --version 1.2 foo", "cargo install | --locked --version=1.2 | foo"),
        // downloads
        ("curl -fsSLo /x https://e", "curl | -f -s -S -L -o=/x | https://e"),
        ("curl -fsSL https://e -O", "curl | -f -s -S -L -O | https://e"),
        ("curl -o\"$f\" --retry 3 \"$u\"", "curl | -o=% --retry=3 | %"),
        ("curl --output=/x -H 'A: b' -#L u", "curl | -o=/x -H=A: b -# -L | u"),
        ("wget -qO- https://e", "wget | -q -O=- | https://e"),
        ("wget -nv -O /x https://e", "wget | -nv -O=/x | https://e"),
        ("wget --no-verb --output-document=/x $u", "wget | -nv -O=/x | %"),
        ("git clone --depth 1 -b v1 https://e dir", "git clone | --depth=1 -b=v1 | https://e dir"),
        ("git -C /src -c a.b=c checkout \"$sha\"", "git checkout | -C=/src -c=a.b=c | %"),
        ("gpg --batch --keyserver hkps://k --recv-keys A B", "gpg | --batch --keyserver=hkps://k --recv-keys | A B"),
        ("gpg --recv A", "gpg | --recv-keys | A"),
        ("gpg --receive-keys \"$K\"", "gpg | --recv-keys | %"),
        ("gpg2 --batch --verify x.asc x", "gpg2 | --batch --verify | x.asc x"),
        ("gpg --no-default-keyring --keyring ./k --dearmor -o /x", "gpg | --no-default-keyring --keyring=./k --dearmor -o=/x |"),
        ("gpgv --keyring=/k a b", "gpgv | --keyring=/k | a b"),
        ("sha256sum -c --strict -", "sha256sum | -c --strict | -"),
        ("shasum -a 256 -c x", "shasum | -a=256 -c | x"),
        ("openssl dgst -sha256 -verify k -signature s f", "openssl dgst | -sha256 -verify=k -signature=s | f"),
        // archives
        ("tar -xzf x.tgz -C /d --strip-components=1", "tar | -x -z -f=x.tgz -C=/d --strip-components=1 |"),
        ("tar xzf x.tgz --strip 1 a", "tar | -x -z -f=x.tgz --strip-components=1 | a"),
        ("tar --extract --file \"$x\" --dir /d", "tar | -x -f=% -C=/d |"),
        ("unzip -q x.zip -d /d", "unzip | -q -d=/d | x.zip"),
        // users and files
        ("useradd -rms /bin/sh -u 999 me", "useradd | -r -m -s=/bin/sh -u=999 | me"),
        ("adduser --system --uid=9 --ingroup me me", "adduser | --system --uid=9 --ingroup=me | me"),
        ("adduser -S -D -H -u 70 -G postgres postgres", "adduser | --system --disabled-password --no-create-home --uid=70 --ingroup=postgres | postgres"),
        ("groupadd -r --gid=9 me", "groupadd | -r -g=9 | me"),
        ("chown -Rh me:me /a", "chown | -R -h | me:me /a"),
        ("install -dm 0755 -o me /a", "install | -d -m=0755 -o=me | /a"),
        ("rm -rf /var/lib/apt/lists/*", "rm | -r -f | /var/lib/apt/lists/*"),
        ("sed -i.bak -e s/a/b/ f", "sed | -i=.bak -e=s/a/b/ | f"),
        ("rm \"$x\"-y.tar -f", "rm | -f | %"),
        ("cp -ubr a b", "cp | -u -b -r | a b"),
        ("find / -name '*.pyc' -exec rm -rf {} + -delete", "find | -name=*.pyc -exec=rm -delete | /"),
        ("echo -n -e foo -x", "echo | -n -e | foo -x"),
        ("echo -foo", "echo | | -foo"),
        ("set -eux", "set | -e -u -x |"),
        ("set -eo pipefail +x", "set | -e -o=pipefail +x |"),
        ("bash -exo pipefail -c 'a b' -x", "bash | -e -x -o=pipefail -c | a b -x"),
        ("make -j\"$(nproc)\" -C /src all", "make | -j=% -C=/src | all"),
        // wrappers
        ("sudo -u me -E FOO=1 apt-get -y install x", "sudo> apt-get install | -y | x"),
        ("env -i PATH=/x apt-get update", "env> apt-get update | |"),
        ("exec gosu me:me foo -x", "exec> gosu> foo | -x |"),
        ("timeout -k 5 30s curl -f u", "timeout> curl | -f | u"),
        ("nice -n 10 make -j4", "nice> make | -j=4 |"),
        ("xargs -r0 rm -f", "xargs> rm | -f |"),
        ("chroot --userspec=a /mnt apk add x", "chroot> apk add | | x"),
        ("command -v curl", "command | -v | curl"),
        ("setpriv --reuid=1 --clear-groups foo", "setpriv> foo | |"),
        ("busybox wget -O x u", "busybox> wget | -O=x | u"),
        ("env", "env | |"),
        ("stdbuf -oL foo", "stdbuf> foo | |"),
        // unknown commands
        ("frob -yq --name=x a -v", "frob | -yq --name=x -v | a"),
        ("java -jar x.jar -Dfoo=bar", "java | -jar=x.jar -D=foo=bar |"),
    ];
    for (text, expected) in rows {
        let simple = first(text);
        assert_eq!(describe(&read(&simple).unwrap()), expected, "{text}");
    }
}

#[test]
fn names_that_are_not_known_yield_nothing() {
    for text in ["$APT install x", "\"$@\"", "A=1", "sudo $x y", "\"$x\"/bin/apt-get install x"] {
        assert!(read(&first(text)).is_none(), "{text}");
    }
}

#[test]
fn spellings_are_equivalent() {
    #[rustfmt::skip]
    let rows = [
        ("apt-get install -y x", "--yes", true),
        ("apt-get install --assume-yes x", "-y", true),
        ("apt-get -qq install x", "-y", true),
        ("apt-get -q -q install x", "-y", true),
        ("apt-get -q=2 install x", "-y", true),
        ("apt-get -q install x", "-y", false),
        ("apt-get -q install x", "-qq", false),
        ("apt-get install x-y", "-y", false),
        ("apk add --update x", "-U", true),
        ("curl -fsSL u", "--fail", true),
        ("curl -o -f u", "--fail", false),
        ("gpg --recv-key x", "--recv-keys", true),
        ("gpg --recv-keys x", "--recv", true),
        ("frob -yq x", "-q", true),
        ("frob --quiet x", "--quiet", true),
        ("pip install --upg x", "-U", false),
        ("frob -name x", "-a", true),
        ("frob -names x", "-a", false),
        ("rm -R x", "--recursive", true),
        ("rm -Rf x", "-r", true),
    ];
    for (text, option, expected) in rows {
        let simple = first(text);
        assert_eq!(read(&simple).unwrap().has(option), expected, "{text} {option}");
    }
}

#[test]
fn packages_and_verbs() {
    #[rustfmt::skip]
    let rows = [
        ("apt-get install -y a b=1", Some(Verb::Install), 2),
        ("apt-get update", Some(Verb::Update), 0),
        ("apt-get dist-clean", Some(Verb::Clean), 0),
        ("apk del .x", Some(Verb::Remove), 1),
        ("dnf upgrade -y", Some(Verb::Upgrade), 0),
        ("dpkg -i x.deb", Some(Verb::Install), 1),
        ("dpkg -l x", Some(Verb::Query), 0),
        ("rpm -qi x", Some(Verb::Query), 0),
        ("rpm -Uvh x", Some(Verb::Install), 1),
        ("pacman -Sy --noconfirm x", Some(Verb::Install), 1),
        ("pacman -Scc --noconfirm", Some(Verb::Clean), 0),
        ("pip install x", Some(Verb::Install), 1),
        ("curl x", None, 0),
    ];
    for (text, verb, count) in rows {
        let simple = first(text);
        let line = read(&simple).unwrap();
        assert_eq!((line.verb(), line.packages().len()), (verb, count), "{text}");
    }
}

#[test]
fn spans_of_options() {
    let text = "curl -fsSLo /x --retry=3 -o\"y\" u";
    let simple = first(text);
    let line = read(&simple).unwrap();
    let slice = |span: Span| &text[span.range()];
    assert_eq!(slice(line.option_span("--fail").unwrap()), "f");
    assert_eq!(slice(line.option_span("-o").unwrap()), "o");
    assert_eq!(slice(line.option_span("--retry").unwrap()), "--retry");
    assert_eq!(slice(line.value_of("--retry").unwrap().span), "3");
    assert_eq!(slice(line.values_of("-o").next().unwrap().span), "/x");
    assert_eq!(line.value_of("-o").unwrap().text.as_deref(), Some("y"));
    assert_eq!(slice(line.span()), text);
}

#[test]
fn rows_of_the_table_are_well_formed() {
    for name in ["apt-get", "curl", "wget", "tar", "gpg", "apk", "dnf", "git", "find", "pip", "useradd"] {
        let spec = crate::shell::table::spec(name).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for row in spec.options {
            for spelling in row.trim_end_matches(['=', '?', ';', '*']).split(' ') {
                assert!(spelling.starts_with('-') && seen.insert(spelling), "{name}: {row}");
            }
        }
        let known = |option: &str| !option.starts_with('-') || seen.contains(&option[..2]) || seen.contains(option);
        assert!(spec.package_verbs.iter().all(|(verb, _)| verb.split(' ').all(known)), "{name}");
    }
    let simple = Simple::default();
    assert!(read(&simple).is_none());
    assert!(matches!(parse("a").statements[0].command, Command::Simple(_)));
}
