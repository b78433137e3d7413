//! Which events commands give. An event is written as a word and its paths.

use super::*;
use crate::dockerfile::parse;
use crate::model::Bodies;
use crate::source::Source;

fn written(event: &FileEvent) -> String {
    let list = |paths: &[FilePath]| paths.iter().map(FilePath::as_str).collect::<Vec<_>>().join(",");
    match &event.action {
        Action::Fetched(fetch) => {
            let target = match &fetch.target {
                Target::File(files) => list(files),
                Target::Piped(None) => "|".to_owned(),
                Target::Piped(Some(file)) => format!("|{}", file.as_str()),
                other => format!("{other:?}"),
            };
            let urls: Vec<&str> = fetch.urls.iter().map(PartialText::as_str).collect();
            format!("fetch {} > {target}", urls.join(","))
        }
        Action::Verified(verification) => {
            let files = verification.files.as_ref().map_or_else(|| "?".to_owned(), |files| list(files));
            let means = match &verification.means {
                Means::Checksum(algorithm) => algorithm.as_str(),
                Means::Signature => "signature",
            };
            let sum = match verification.sum {
                SumOrigin::Declared => "",
                SumOrigin::Fetched(_) => " fetched",
                SumOrigin::Signed => " signed",
                SumOrigin::Unknown => " unknown",
            };
            let compares = if verification.compares { "" } else { " printed" };
            format!("verify {files} {means}{sum}{compares}")
        }
        Action::Used { path, usage: Usage::Extracted(into) } => format!("extract {} {}", path.as_str(), into.as_str()),
        Action::Used { path, usage } => format!("{usage:?} {}", path.as_str()),
        Action::Made { path, origin } => format!("{origin:?} {}", path.as_str()),
        Action::Moved { from, to, is_copy: true, .. } => format!("copy {} {}", from.as_str(), to.as_str()),
        Action::Moved { from, to, .. } => format!("move {} {}", from.as_str(), to.as_str()),
        Action::CheckedOut { path, revision } => format!("checkout {} {}", revision.as_str(), path.as_str()),
        Action::Edited { path } => format!("edit {}", path.as_str()),
        Action::Removed { path } => format!("remove {}", path.as_str()),
        Action::ModeSet { path, mode, recursive } => {
            format!("mode {} {}{}", mode.as_deref().unwrap_or("?"), if *recursive { "-R " } else { "" }, path.as_str())
        }
        Action::OwnerSet { path, recursive } => {
            format!("owner {}{}", if *recursive { "-R " } else { "" }, path.as_str())
        }
    }
}

fn events(dockerfile: &str) -> Vec<String> {
    let source = Source::new(dockerfile.as_bytes().to_vec()).unwrap();
    let file = parse(&source);
    let bodies = Bodies::of(&file);
    Model::new(&source, &file, &bodies).files().iter().map(written).collect()
}

/// The events of a RUN below `/w`, those that make files left out.
fn run(script: &str) -> Vec<String> {
    let makes = ["Command", "Archive", "Directory", "Repository"];
    let all = events(&format!("FROM debian\nWORKDIR /w\nENV V=1.2\nRUN {script}\n"));
    all.into_iter().filter(|event| !makes.iter().any(|make| event.starts_with(&format!("{make} ")))).collect()
}

#[test]
fn downloads() {
    for (script, expected) in [
        ("curl -fsSLo x.tgz https://h/x-$V.tgz", "fetch https://h/x-1.2.tgz > /w/x.tgz"),
        ("curl -fL --output=/tmp/x https://h/x", "fetch https://h/x > /tmp/x"),
        ("curl -fLO https://h/x-${V%.*}.tgz?raw=1", "fetch https://h/x-1.tgz?raw=1 > /w/x-1.tgz"),
        ("curl -f --output-dir /opt -O https://h/x", "fetch https://h/x > /opt/x"),
        ("curl https://h/x > x; true", "fetch https://h/x > /w/x"),
        ("curl https://h/x | tee /etc/x", "fetch https://h/x > |/etc/x"),
        ("curl https://h/x | tar xz", "fetch https://h/x > |"),
        ("v=$(curl https://h/x)", "fetch https://h/x > Captured"),
        ("curl https://h/x", "fetch https://h/x > Discarded"),
        ("curl -o /dev/null -w '%{http_code}' https://h/x", "fetch https://h/x > Discarded"),
        ("wget https://h/x", "fetch https://h/x > /w/x"),
        ("wget -qO/tmp/y https://h/x", "fetch https://h/x > /tmp/y"),
        ("wget -q -P /tmp https://h/x", "fetch https://h/x > /tmp/x"),
        ("wget -O - https://h/x | gpg --dearmor -o /k.gpg", "fetch https://h/x > |/k.gpg"),
        ("cd /opt && wget https://h/x", "fetch https://h/x > /opt/x"),
        ("(cd /opt; true); wget https://h/x", "fetch https://h/x > /w/x"),
        ("cd \"$d\" && wget https://h/x", "fetch https://h/x > ${d}/x"),
        ("g='curl -fL -o'; $g x https://h/x", "fetch https://h/x > /w/x"),
        ("d() { curl -o \"$1\" \"https://h/$2\"; }; d x y", "fetch https://h/y > /w/x"),
        ("d() { f=$1; shift; curl -o \"$f\" \"https://h/$1\"; }; d x y", "fetch https://h/y > /w/x"),
        (
            "url=https://h/x-$(dpkg --print-architecture); curl -o x $url",
            "fetch https://h/x-$(dpkg --print-architecture) > /w/x",
        ),
        ("for f in a b; do wget https://h/$f; done", "fetch https://h/a,https://h/b > /w/a,/w/b"),
        ("case $a in x) u=https://h/1;; *) u=https://h/2;; esac; curl -o f $u", "fetch https://h/1,https://h/2 > /w/f"),
        ("rpm -i https://h/x.rpm", "fetch https://h/x.rpm > Installed"),
        ("curl -I https://h/x", ""),
        ("echo curl -o x https://h/x", ""),
    ] {
        assert_eq!(run(script).join("; "), expected, "{script}");
    }
}

#[test]
fn verifications() {
    for (script, expected) in [
        ("echo \"$SUM *x.tgz\" | sha256sum -c -", "verify /w/x.tgz sha256"),
        ("echo '0a1b *x.tgz' | sha256sum -c", "verify /w/x.tgz sha256"),
        ("echo \"$SUM  x.tgz\" | sha512sum --strict --check", "verify /w/x.tgz sha512"),
        ("printf '%s  %s\\n' \"$SUM\" x.tgz | shasum -a 256 -c", "verify /w/x.tgz sha256"),
        ("printf \"$SUM x\\n$OTHER y\\n\" | b2sum -c", "verify /w/x,/w/y blake2"),
        ("sha256sum -c <<< \"$SUM x\"", "verify /w/x sha256"),
        ("echo \"$LINE\" | sha256sum -c", "verify ? sha256"),
        ("sha256sum -c sums", "verify ? sha256 unknown"),
        ("curl -O https://h/s; sha256sum -c s", "fetch https://h/s > /w/s; verify ? sha256 fetched"),
        ("curl https://h/s | sha256sum -c", "fetch https://h/s > |; verify ? sha256 fetched"),
        ("wget https://h/s; grep x s | sha256sum -c", "fetch https://h/s > /w/s; verify ? sha256 fetched"),
        (
            "wget https://h/s; gpg --verify s.asc s; grep x s | sha256sum -c",
            "fetch https://h/s > /w/s; verify /w/s signature; verify ? sha256 signed",
        ),
        (
            "s=$(curl https://h/s); echo \"$s x\" | sha256sum -c",
            "fetch https://h/s > Captured; verify /w/x sha256 fetched",
        ),
        ("[ \"$(sha256sum x | cut -d' ' -f1)\" = \"$SUM\" ]", "verify /w/x sha256"),
        ("test $(openssl dgst -sha256 x | awk '{print $2}') = $SUM", "verify /w/x sha256"),
        ("sha256sum x | grep -q $SUM", "verify /w/x sha256"),
        ("sha256sum x", "verify /w/x sha256 unknown printed"),
        ("gpg --batch --verify x.asc x", "verify /w/x signature"),
        ("gpg --verify x.asc", "verify /w/x,/w/x.asc signature"),
        ("gpg --output x --decrypt x.gpg", "verify /w/x,/w/x.gpg,/w/x signature"),
        ("gpg --dearmor -o k x", "Imported /w/x"),
        ("gpg --import < x", "Imported /w/x"),
        ("cat x | apt-key add -", "Imported /w/-; Imported /w/x"),
        ("gpgv --keyring k x.asc x", "verify /w/x signature; Imported /w/k"),
        ("cosign verify-blob --key k --signature s x", "verify /w/x signature"),
        ("minisign -Vm x -P KEY", "verify /w/x signature"),
        ("php -r \"if (hash_file('sha384', 'x') !== 'y') exit(1);\"", "verify ?  unknown"),
        ("verify-download x", "verify ?  unknown"),
    ] {
        assert_eq!(run(script).join("; "), expected, "{script}");
    }
}

#[test]
fn changes() {
    for (script, expected) in [
        ("tar -xzf x.tgz -C /opt --strip-components=1", "extract /w/x.tgz /opt"),
        ("tar xf x.tgz", "extract /w/x.tgz /w"),
        ("unzip -q x.zip -d /opt", "extract /w/x.zip /opt"),
        ("gunzip x.gz", "extract /w/x.gz /w/x"),
        ("dpkg -i x.deb", "Installed /w/x.deb"),
        ("apt-get install -y ./x.deb curl", "Installed /w/x.deb"),
        ("sh x.sh", "Executed /w/x.sh"),
        ("./x", "Executed /w/x"),
        ("mv x /usr/local/bin/", "move /w/x /usr/local/bin/x"),
        ("mv x /usr/local/bin", "move /w/x /usr/local/bin/x"),
        ("mkdir -p /d; cp a b /d", "copy /w/a /d/a; copy /w/b /d/b"),
        ("install -m 755 x /usr/bin/y", "copy /w/x /usr/bin/y"),
        ("rm -rf /tmp/* x", "remove /tmp/*; remove /w/x"),
        ("chmod -R +x /a /b", "mode +x -R /a; mode +x -R /b"),
        ("chmod -x a", "mode -x /w/a"),
        ("chown -R me: /a", "owner -R /a"),
        ("apt-get update", "PackageCache /var/lib/apt/lists"),
        ("apt-get dist-clean", "remove /var/lib/apt/lists"),
        ("yum clean all; npm cache clean --force", "remove /var/cache/yum; remove /root/.npm"),
        ("find /tmp -type f -delete", "remove /tmp/*"),
        ("find /tmp /a -name '*.deb' -exec rm -f {} +", "remove /tmp/*.deb; remove /a/*.deb"),
        ("find . -print0 | xargs -0 rm", "remove /w/*"),
        ("find /a -type f -exec chmod 644 {} \\;", "mode 644 -R /a"),
        ("find /a -type d -exec chmod 755 {} \\;", "mode 755 /a"),
        ("find /a -name '*.sh' -print0 | xargs -0 chmod +x", "mode +x /a/*.sh"),
        ("find /a ! -name b -exec chown me {} +", "owner -R /a"),
    ] {
        assert_eq!(run(script).join("; "), expected, "{script}");
    }
}

#[test]
fn revisions() {
    for (script, expected) in [
        ("git clone -b v1 https://h/x.git /x", "checkout v1 /x"),
        ("git clone --depth=1 --branch=v$V https://h/x", "checkout v1.2 /w/x"),
        ("git clone --revision=$R https://h/x", "checkout ${R} /w/x"),
        ("git clone https://h/x", ""),
        ("git clone https://h/x; cd x; git checkout -q $C", "checkout ${C} /w/x"),
        ("git -C x checkout -b mine v1", "checkout v1 /w/x"),
        ("git -C x checkout -b mine", ""),
        ("git --git-dir=/x/.git checkout v1", "checkout v1 /x"),
        ("git checkout -- file", ""),
        ("git switch --detach v1", "checkout v1 /w"),
        ("git reset --hard origin/main", "checkout origin/main /w"),
        ("git fetch --depth 1 origin +v1:v1", "checkout v1 /w"),
        ("git fetch origin", ""),
        ("git worktree add /x v1", "checkout v1 /w"),
    ] {
        assert_eq!(run(script).join("; "), expected, "{script}");
    }
}

#[test]
fn instructions() {
    for (line, expected) in [
        ("COPY a /b/", "Context /b/a"),
        ("COPY a.sh /b", "Context /b"),
        ("COPY a.sh /usr/local/bin", "Context /usr/local/bin/a.sh"),
        ("COPY a /usr/local/bin", "Context /usr/local/bin"),
        ("COPY a b /c", "Context /c/a; Context /c/b"),
        ("COPY . /c", "Context /c"),
        ("COPY --from=x /p/a /c", "Image /c"),
        ("COPY <<EOF /c/\nEOF", "Context /c/EOF"),
        ("ADD https://h/x.tgz /c/", "fetch https://h/x.tgz > /c/x.tgz"),
        ("ADD https://h/x.git#v1 /c", "Repository /c; fetch https://h/x.git#v1 > /c"),
        ("RUN git clone https://h/x.git", "Repository /w/x"),
    ] {
        assert_eq!(events(&format!("FROM debian\nWORKDIR /w\n{line}\n")).join("; "), expected, "{line}");
    }
}

#[test]
fn what_becomes_of_a_download() {
    for (dockerfile, verified, used_first, removed) in [
        ("RUN curl -o x https://h/x; echo \"$S x\" | sha256sum -c; tar xf x; rm x", true, false, true),
        ("RUN curl -o x https://h/x; tar xf x; echo \"$S x\" | sha256sum -c", true, true, false),
        ("RUN curl -o x https://h/x; mv x y\nRUN echo \"$S y\" | sha256sum -c", true, false, false),
        ("RUN curl -o x https://h/x; echo \"$S y\" | sha256sum -c; rm -r /w", false, false, true),
        ("RUN case $a in 1) curl -o x https://h/x;; 2) echo \"$S x\" | sha256sum -c;; esac", false, false, false),
        (
            "RUN wget https://h/x.tgz\nFROM debian\nCOPY --from=0 /w/x.tgz /y\nRUN echo \"$S /y\" | sha256sum -c",
            true,
            false,
            false,
        ),
    ] {
        let source = Source::new(format!("FROM debian\nWORKDIR /w\n{dockerfile}\n").into_bytes()).unwrap();
        let file = parse(&source);
        let bodies = Bodies::of(&file);
        let model = Model::new(&source, &file, &bodies);
        let at = model.files().iter().position(|event| event.fetch().is_some()).unwrap();
        let history = model.history(at);
        let found = (!history.verifications.is_empty(), history.is_verified_too_late(), history.removal.is_some());
        assert_eq!(found, (verified, used_first, removed), "{dockerfile}");
    }
}
