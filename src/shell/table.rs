//! The vocabulary: how the options of well-known commands are spelled. Source: their manual pages.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What is known of a command's arguments.
#[derive(Debug)]
pub struct Spec {
    /// Its names; the first stands for all.
    pub names: &'static [&'static str],
    /// How its arguments are read.
    pub style: Style,
    /// Whether its first operand is a subcommand.
    pub subcommands: bool,
    /// First operands that a subcommand follows, such as `global` in `yarn global add`.
    pub before_subcommand: &'static [&'static str],
    /// Its options. A row holds the spellings of one option, the first stands for all; with `=` at its end it takes a
    /// value, with `=?` only behind `=`, with `=*` only in the same word, with `=;` a command up to `;` or `+`. Options that are not listed take none.
    pub options: &'static [&'static str],
    /// Options that mean another one too. A letter twice means that the option is given twice.
    pub implied: &'static [(&'static str, &'static str)],
    /// Subcommands that do something with packages, or options that do when all of them are given; the first that fits.
    pub package_verbs: &'static [(&'static str, Verb)],
}

/// How a command reads its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Options anywhere, short ones in clusters; long ones are spelled out.
    Plain,
    /// As `getopt_long`: the same, and long options may be abbreviated.
    Gnu,
    /// Options end at the first operand, which is a command or script with options of its own.
    Leading,
    /// One dash before long names, no clusters: `find -name`, `go build -o`.
    SingleDash,
    /// As [`Style::Gnu`], and the first word may be a cluster without a dash: `tar xzf`.
    Bundled,
    /// Options at the start alone, and only those that are known: `echo -n`. All else is text.
    First,
}

/// What a package manager is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Install the packages that are its operands.
    Install,
    /// Remove them.
    Remove,
    /// Fetch the package lists.
    Update,
    /// Bring all, or the named, packages to their newest version.
    Upgrade,
    /// Remove caches.
    Clean,
    /// Tell what is known of them.
    Query,
}

use Verb::{Clean, Install, Query, Remove, Update, Upgrade};

const BASE: Spec = Spec {
    names: &[],
    style: Style::Plain,
    subcommands: false,
    before_subcommand: &[],
    options: &[],
    implied: &[],
    package_verbs: &[],
};

/// What is known of the command of this name.
pub fn spec(name: &str) -> Option<&'static Spec> {
    named(name).or_else(|| {
        // `pip3.12`, `python3.12`
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        matches!(stem, "pip" | "python").then(|| named(stem)).flatten()
    })
}

fn named(name: &str) -> Option<&'static Spec> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Spec>> = LazyLock::new(|| {
        // Of two rows with the same name the first counts.
        let names = SPECS.iter().rev().flat_map(|spec| spec.names.iter().map(move |name| (*name, spec)));
        names.collect()
    });
    BY_NAME.get(name).copied()
}

/// The number of commands in the table.
pub(super) const COUNT: usize = SPECS.len();

/// The place of a command in the table.
pub(super) fn index(spec: &'static Spec) -> Option<usize> {
    let offset = std::ptr::from_ref(spec).addr().checked_sub(SPECS.as_ptr().addr())?;
    Some(offset / size_of::<Spec>()).filter(|index| *index < COUNT)
}

const APT_VERBS: &[(&str, Verb)] = &[
    ("install", Install), ("reinstall", Install), ("remove", Remove), ("purge", Remove), ("autoremove", Remove),
    ("auto-remove", Remove), ("autopurge", Remove), ("update", Update), ("upgrade", Upgrade),
    ("dist-upgrade", Upgrade), ("full-upgrade", Upgrade), ("safe-upgrade", Upgrade), ("clean", Clean),
    ("autoclean", Clean), ("auto-clean", Clean), ("distclean", Clean), ("dist-clean", Clean),
];

const APT: &[&str] = &[
    "-y --yes --assume-yes", "--assume-no", "-q --quiet=?", "--no-install-recommends --without-recommends",
    "--install-recommends", "--no-install-suggests", "--install-suggests", "-f --fix-broken",
    "-m --ignore-missing --fix-missing", "-d --download-only",
    "-s --simulate --just-print --dry-run --recon --no-act", "-V --verbose-versions", "-u --show-upgraded",
    "-U --update", "-b --compile --build", "-o --option=", "-c --config-file=",
    "-t --target-release --default-release=", "-a --host-architecture=", "-P --build-profiles=",
    "--auto-remove --autoremove", "--error-on=", "--with-source=", "--solver=", "--planner=",
];

const GPG: &[&str] = &[
    "--recv-keys --receive-keys", "--send-keys", "--search-keys", "--refresh-keys", "--fetch-keys",
    "--import --fast-import", "--export=?", "--export-secret-keys", "--dearmor --dearmour", "--enarmor --enarmour",
    "--verify", "--verify-files", "-d --decrypt", "-e --encrypt", "-s --sign", "-b --detach-sign",
    "--clear-sign --clearsign", "-c --symmetric", "-k --list-keys --list-public-keys", "-K --list-secret-keys",
    "--list-packets", "--fingerprint", "--show-keys", "--with-colons", "--with-fingerprint", "--edit-key --key-edit",
    "--delete-keys", "--delete-secret-keys", "--gen-key --generate-key", "--full-gen-key --full-generate-key",
    "--quick-gen-key --quick-generate-key", "--import-ownertrust", "--export-ownertrust", "--check-trustdb",
    "--batch", "--no-batch", "--yes", "--no", "-q --quiet", "-v --verbose", "-n --dry-run", "-a --armor --armour",
    "--no-armor", "--no-tty", "--no-default-keyring", "--no-autostart", "--no-verbose", "--no-greeting",
    "--no-options", "--disable-dirmngr", "--keyserver=", "--keyserver-options=", "--keyring=", "--primary-keyring=",
    "--secret-keyring=", "--homedir=", "--options=", "-o --output=", "-r --recipient=", "-u --local-user=",
    "--default-key=", "--passphrase=", "--passphrase-fd=", "--passphrase-file=", "--pinentry-mode=", "--status-fd=",
    "--status-file=", "--logger-fd=", "--logger-file --log-file=", "--command-fd=", "--trust-model=",
    "--trusted-key=", "--keyid-format=", "--import-options=", "--export-options=", "--verify-options=",
    "--list-options=", "--auto-key-locate=", "--digest-algo=", "--cipher-algo=", "--compress-algo=", "-z=",
];

const APT_KEY: &[&str] =
    &["--keyring=", "--keyserver=", "--keyserver-options=", "--recv-keys --receive-keys", "--homedir="];

const DNF: &[&str] = &[
    "-y --assumeyes", "--assumeno", "-q --quiet", "-v --verbose", "-b --best", "-C --cacheonly", "-c --config=",
    "-d --debuglevel=", "-e --errorlevel=", "-R --randomwait=", "-x --exclude --excludepkgs=",
    "--enablerepo --enable-repo=", "--disablerepo --disable-repo=", "--repo --repoid=", "--installroot=",
    "--releasever=", "--setopt=", "--disableexcludes --disableexcludepkgs=", "--disableplugin=", "--enableplugin=",
    "--forcearch=", "--downloaddir --destdir=", "--advisory --advisories=", "--repofrompath=", "--color=",
    "--comment=", "--rpmverbosity=", "--nodocs", "--noplugins", "--nogpgcheck --no-gpgchecks", "--refresh",
    "--allowerasing", "--skip-broken", "--downloadonly", "--nobest --no-best",
];

const DNF_VERBS: &[(&str, Verb)] = &[
    ("install", Install), ("localinstall", Install), ("reinstall", Install), ("groupinstall", Install),
    ("install-n", Install), ("remove", Remove), ("erase", Remove), ("autoremove", Remove), ("groupremove", Remove),
    ("check-update", Update), ("makecache", Update), ("update", Upgrade), ("upgrade", Upgrade),
    ("upgrade-minimal", Upgrade), ("update-minimal", Upgrade), ("distro-sync", Upgrade), ("clean", Clean),
];

const SHELL: &[&str] = &["-c", "-e", "-x", "-u", "-l --login", "-o=", "-O=", "+o=", "+O=", "--rcfile --init-file="];

const MODE: &[&str] = &[
    "-R --recursive", "-v --verbose", "-c --changes", "-f --silent --quiet", "--reference=", "-h --no-dereference",
    "--dereference", "--from=", "--preserve-root", "--no-preserve-root",
];

const SUM: &[&str] = &[
    "-c --check", "-b --binary", "-t --text", "-z --zero", "-s --status", "-w --warn", "--quiet", "--strict", "--tag",
    "--ignore-missing",
];

static SPECS: &[Spec] = &[
    // Package managers.
    Spec {
        names: &["apt-get"],
        subcommands: true,
        options: APT,
        implied: &[("-qq", "-y"), ("--force-yes", "-y")],
        package_verbs: APT_VERBS,
        ..BASE
    },
    Spec {
        names: &["apt"],
        subcommands: true,
        options: APT,
        implied: &[("-qq", "-y"), ("--force-yes", "-y")],
        package_verbs: APT_VERBS,
        ..BASE
    },
    Spec {
        names: &["aptitude"],
        subcommands: true,
        options: &[
            "-y --assume-yes", "-q --quiet=?", "-R --without-recommends", "-r --with-recommends",
            "-d --download-only", "-f", "-s --simulate", "-P --prompt", "-D --show-deps", "-V --show-versions", "-o=",
            "-t --target-release=", "-F --display-format=", "-O --sort=", "-w --width=", "--add-user-tag=",
            "--purge-unused",
        ],
        package_verbs: APT_VERBS,
        ..BASE
    },
    Spec {
        names: &["apt-cache"],
        subcommands: true,
        options: &[
            "-o --option=", "-c --config-file=", "-p --pkg-cache=", "-s --src-cache=", "-q --quiet=?",
            "-a --all-versions", "-n --names-only", "-f --full", "-i --important",
        ],
        ..BASE
    },
    Spec {
        names: &["apt-mark"],
        subcommands: true,
        options: &["-f --file=", "-o --option=", "-c --config-file=", "-q --quiet=?", "-s --simulate --dry-run"],
        ..BASE
    },
    Spec { names: &["apt-key"], style: Style::Gnu, subcommands: true, options: APT_KEY, ..BASE },
    Spec {
        names: &["dpkg"],
        options: &[
            "-i --install", "-r --remove", "-P --purge", "-l --list", "-L --listfiles", "-s --status", "-S --search",
            "-a --pending", "-R --recursive", "-E --skip-same-version", "-G --refuse-downgrade", "-x --extract",
            "-e --control", "-c --contents", "-I --info", "-D --debug=*", "-W --show", "--force=?", "--root=?",
        ],
        package_verbs: &[
            ("-i", Install), ("-r", Remove), ("-P", Remove), ("-l", Query), ("-L", Query), ("-s", Query),
            ("-S", Query),
        ],
        ..BASE
    },
    Spec {
        names: &["dpkg-query"],
        options: &["-W --show", "-f --showformat=", "-l --list", "-L --listfiles", "-s --status", "-S --search"],
        ..BASE
    },
    Spec {
        names: &["apk"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-U --update-cache --update", "--no-cache", "-t --virtual=", "-u --upgrade", "-l --latest",
            "-X --repository=", "-p --root=", "-q --quiet", "-v --verbose", "-f --force", "-i --interactive",
            "-s --simulate", "-r --rdepends", "-a --available", "-d --description", "-R --recursive", "-o --output=",
            "--allow-untrusted", "--arch=", "--cache-dir=", "--cache-max-age=", "--keys-dir=", "--repositories-file=",
            "--wait=", "--timeout=", "--progress", "--progress-fd=", "--initdb", "--purge", "--no-scripts", "--no-network",
        ],
        package_verbs: &[("add", Install), ("del", Remove), ("update", Update), ("upgrade", Upgrade), ("cache", Clean)],
        ..BASE
    },
    Spec { names: &["yum"], subcommands: true, options: DNF, package_verbs: DNF_VERBS, ..BASE },
    Spec { names: &["dnf", "dnf4"], subcommands: true, options: DNF, package_verbs: DNF_VERBS, ..BASE },
    Spec { names: &["dnf5"], subcommands: true, options: DNF, package_verbs: DNF_VERBS, ..BASE },
    Spec { names: &["microdnf"], subcommands: true, options: DNF, package_verbs: DNF_VERBS, ..BASE },
    Spec { names: &["tdnf"], subcommands: true, options: DNF, package_verbs: DNF_VERBS, ..BASE },
    Spec {
        names: &["rpm"],
        options: &[
            "-i --install", "-U --upgrade", "-F --freshen", "-e --erase", "-q --query", "-V --verify",
            "-K --checksig", "--import", "-v --verbose", "-h --hash", "-f --file", "-E --eval=", "-r --root=",
            "-D --define=", "--queryformat --qf=", "--dbpath=", "--prefix=", "--relocate=", "--nodeps", "--force",
            "--nosignature", "--nodigest",
        ],
        package_verbs: &[
            ("-q", Query), ("-V", Query), ("-e", Remove), ("-i", Install), ("-U", Install), ("-F", Install),
        ],
        ..BASE
    },
    Spec {
        names: &["zypper"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-n --non-interactive", "-y --no-confirm", "-q --quiet", "-v --verbose", "-l --auto-agree-with-licenses",
            "-f --force", "-R --root=", "-r --repo --from=", "-t --type=", "-c --config=", "-p --plus-repo=",
            "-C --cache-dir=", "-D --reposd-dir=", "--no-recommends", "--recommends", "--gpg-auto-import-keys",
            "--no-gpg-checks", "--installroot=", "-a --all", "-d --download-only", "-u --clean-deps", "--releasever=",
        ],
        package_verbs: &[
            ("install", Install), ("in", Install), ("install-new-recommends", Install), ("remove", Remove),
            ("rm", Remove), ("refresh", Update), ("ref", Update), ("update", Upgrade), ("up", Upgrade),
            ("patch", Upgrade), ("dist-upgrade", Upgrade), ("dup", Upgrade), ("clean", Clean), ("cc", Clean),
        ],
        ..BASE
    },
    Spec {
        names: &["pacman"],
        options: &[
            "-S --sync", "-R --remove", "-U --upgrade", "-Q --query", "-F --files", "-D --database", "-T --deptest",
            "-y --refresh", "-u --sysupgrade", "-c --clean", "-n --nosave", "-s --search --recursive", "-q --quiet",
            "-i --info", "-l --list", "-w --downloadonly", "-d --nodeps", "-v --verbose", "--noconfirm", "--needed",
            "--noprogressbar", "-r --root=", "-b --dbpath=", "--cachedir=", "--config=", "--gpgdir=", "--hookdir=",
            "--logfile=", "--arch=", "--sysroot=", "--color=", "--ignore=", "--ignoregroup=", "--overwrite=",
            "--assume-installed=",
        ],
        package_verbs: &[
            ("-R", Remove), ("-Q", Query), ("-S -c", Clean), ("-S -s", Query), ("-S -i", Query), ("-S", Install),
            ("-U", Install),
        ],
        ..BASE
    },
    // Package managers of languages.
    Spec {
        names: &["pip", "pip2", "pip3"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-r --requirement=", "-c --constraint=", "-e --editable=", "-t --target=", "-i --index-url --pypi-url=",
            "-f --find-links=", "-U --upgrade", "-I --ignore-installed", "-q --quiet", "-v --verbose", "-y --yes",
            "-d --dest --destination-dir=", "-w --wheel-dir=", "--extra-index-url=", "--trusted-host=",
            "--no-cache-dir", "--no-index", "--no-deps", "--no-compile", "--no-build-isolation",
            "--disable-pip-version-check", "--break-system-packages", "--root-user-action=", "--cache-dir=",
            "--prefix=", "--root=", "--src=", "--platform=", "--python=", "--python-version=", "--implementation=",
            "--abi=", "--proxy=", "--retries=", "--timeout --default-timeout=", "--cert=", "--client-cert=", "--log=",
            "--no-binary=", "--only-binary=", "--upgrade-strategy=", "--progress-bar=", "--config-settings=",
            "--global-option=", "--install-option=", "--exists-action=", "--report=", "--use-feature=",
            "--use-deprecated=", "--group=", "--user", "--pre", "--require-hashes", "--force-reinstall",
        ],
        package_verbs: &[("install", Install), ("uninstall", Remove), ("cache", Clean)],
        ..BASE
    },
    Spec {
        names: &["pipx"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-f --force", "-e --editable", "-i --index-url=", "-q --quiet", "-v --verbose", "--python=", "--pip-args=",
            "--suffix=", "--preinstall=", "--include-deps", "--global", "--system-site-packages", "--fetch-missing-python",
        ],
        package_verbs: &[("install", Install), ("uninstall", Remove), ("upgrade", Upgrade)],
        ..BASE
    },
    Spec {
        names: &["uv"],
        subcommands: true,
        before_subcommand: &["pip", "tool"],
        options: &[
            "-r --requirement --requirements=", "-c --constraint --constraints=", "-e --editable=", "-p --python=",
            "-i --index-url=", "-f --find-links=", "-U --upgrade", "-q --quiet", "-v --verbose", "-n --no-cache",
            "-t --target=", "-P --upgrade-package=", "--extra-index-url=", "--index=", "--default-index=", "--prefix=",
            "--with=", "--directory=", "--project=", "--cache-dir=", "--link-mode=", "--group=", "--extra=",
            "--no-index", "--system", "--no-deps", "--break-system-packages", "--dev", "--frozen", "--locked",
        ],
        package_verbs: &[("install", Install), ("add", Install), ("uninstall", Remove), ("remove", Remove)],
        ..BASE
    },
    Spec {
        names: &["npm"],
        subcommands: true,
        options: &[
            "-g --global", "-f --force", "-D --save-dev", "-S --save", "-E --save-exact", "-O --save-optional",
            "-P --save-prod", "-B --save-bundle", "-s --silent", "-q --quiet", "-y --yes", "--production",
            "--no-audit", "--no-fund", "--ignore-scripts", "--unsafe-perm=?", "--legacy-peer-deps", "--no-optional",
            "-C --prefix=", "-w --workspace=", "--registry=", "--cache=", "--loglevel=", "--omit=", "--include=",
            "--only=", "--userconfig=", "--fetch-retries=", "--fetch-timeout=", "--maxsockets=", "--tag=",
        ],
        package_verbs: &[
            ("install", Install), ("i", Install), ("in", Install), ("ins", Install), ("inst", Install),
            ("insta", Install), ("instal", Install), ("isntall", Install), ("add", Install), ("uninstall", Remove),
            ("remove", Remove), ("rm", Remove), ("r", Remove), ("un", Remove), ("unlink", Remove),
            ("update", Upgrade), ("upgrade", Upgrade), ("up", Upgrade), ("cache", Clean),
        ],
        ..BASE
    },
    Spec {
        names: &["yarn", "yarnpkg"],
        subcommands: true,
        before_subcommand: &["global"],
        options: &[
            "-D --dev", "-P --peer", "-O --optional", "-E --exact", "-T --tilde", "-W --ignore-workspace-root-check",
            "-s --silent", "--production --prod", "--frozen-lockfile", "--immutable", "--ignore-scripts", "--cwd=",
            "--cache-folder=", "--modules-folder=", "--global-folder=", "--prefix=", "--registry=",
            "--network-timeout=", "--network-concurrency=", "--mutex=", "--preferred-cache-folder=",
        ],
        package_verbs: &[("add", Install), ("remove", Remove), ("upgrade", Upgrade), ("up", Upgrade), ("cache", Clean)],
        ..BASE
    },
    Spec {
        names: &["pnpm"],
        subcommands: true,
        options: &[
            "-g --global", "-D --save-dev --dev", "-P --save-prod --prod", "-O --save-optional", "-E --save-exact",
            "-r --recursive", "-w --workspace-root", "-C --dir=", "-F --filter=", "--frozen-lockfile", "--store-dir=",
            "--registry=", "--global-dir=", "--global-bin-dir=", "--loglevel=", "--reporter=",
        ],
        package_verbs: &[
            ("add", Install), ("install", Install), ("i", Install), ("remove", Remove), ("rm", Remove),
            ("uninstall", Remove), ("un", Remove), ("update", Upgrade), ("up", Upgrade), ("upgrade", Upgrade),
        ],
        ..BASE
    },
    Spec {
        names: &["gem"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-v --version=", "-i --install-dir=", "-n --bindir=", "-P --trust-policy=", "-s --source=",
            "-p --http-proxy=*", "-N --no-document", "-f --force", "-q --quiet", "-l --local", "-r --remote",
            "-a --all", "-x --executables", "-I --ignore-dependencies", "-g --file=?", "--no-ri", "--no-rdoc",
            "--document=?", "--platform=", "--config-file=", "--user-install", "--conservative", "--clear-sources",
        ],
        package_verbs: &[
            ("install", Install), ("i", Install), ("uninstall", Remove), ("update", Upgrade), ("cleanup", Clean),
        ],
        ..BASE
    },
    Spec {
        names: &["go"],
        style: Style::SingleDash,
        subcommands: true,
        options: &[
            "-o=", "-C=", "-p=", "-asmflags=", "-gcflags=", "-ldflags=", "-tags=", "-mod=", "-modfile=",
            "-buildmode=", "-buildvcs=?", "-pkgdir=", "-toolexec=", "-installsuffix=", "-run=", "-timeout=",
            "-overlay=", "-v", "-a", "-trimpath", "-u", "-d", "-x", "-race",
        ],
        package_verbs: &[("install", Install), ("get", Install), ("clean", Clean)],
        ..BASE
    },
    Spec {
        names: &["cargo"],
        subcommands: true,
        options: &[
            "-r --release", "-q --quiet", "-v --verbose", "-f --force", "-F --features=", "-j --jobs=",
            "-p --package=", "-Z=", "-C=", "--version --vers=", "--target=", "--target-dir=", "--root=", "--git=",
            "--branch=", "--tag=", "--rev=", "--path=", "--bin=", "--example=", "--profile=", "--manifest-path=",
            "--config=", "--registry=", "--index=", "--color=", "--locked", "--frozen", "--offline", "--all-features",
            "--no-default-features",
        ],
        package_verbs: &[("install", Install), ("uninstall", Remove), ("update", Upgrade), ("clean", Clean)],
        ..BASE
    },
    // Downloads and verification.
    Spec { names: &["gpg", "gpg2"], style: Style::Gnu, options: GPG, ..BASE },
    Spec {
        names: &["gpgv", "gpgv2"],
        style: Style::Gnu,
        options: &[
            "--keyring=", "--homedir=", "-o --output=", "--status-fd=", "--logger-fd=", "--logger-file --log-file=",
            "--weak-digest=", "--ignore-time-conflict", "-v --verbose", "-q --quiet",
        ],
        ..BASE
    },
    Spec {
        names: &["sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "md5sum"],
        style: Style::Gnu,
        options: SUM,
        ..BASE
    },
    Spec {
        names: &["b2sum", "cksum"],
        style: Style::Gnu,
        options: &[
            "-c --check", "-l --length=", "-a --algorithm=", "-b --binary", "-t --text", "-z --zero", "-w --warn",
            "--quiet", "--status", "--strict", "--tag", "--ignore-missing",
        ],
        ..BASE
    },
    Spec {
        names: &["shasum"],
        style: Style::Gnu,
        options: &[
            "-a --algorithm=", "-c --check", "-b --binary", "-t --text", "-s --status", "-w --warn", "-0 --01",
            "-U --UNIVERSAL", "--quiet", "--strict", "--tag", "--ignore-missing",
        ],
        ..BASE
    },
    Spec {
        names: &["openssl"],
        style: Style::SingleDash,
        subcommands: true,
        options: &[
            "-in=", "-out=", "-inform=", "-outform=", "-key=", "-keyout=", "-keyform=", "-newkey=", "-days=",
            "-subj=", "-config=", "-verify=", "-signature=", "-sign=", "-prverify=", "-pass=", "-passin=",
            "-passout=", "-CA=", "-CAkey=", "-CAfile=", "-CApath=", "-connect=", "-servername=", "-certfile=",
            "-inkey=", "-extfile=", "-extensions=", "-addext=", "-set_serial=", "-rand=", "-hmac=", "-mac=",
            "-macopt=", "-sigopt=", "-k=", "-K=", "-iv=", "-kfile=", "-md=", "-name=", "-export=?",
        ],
        ..BASE
    },
    Spec {
        names: &["cosign"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "--key=", "--signature=", "--certificate --cert=", "--certificate-identity --cert-identity=",
            "--certificate-identity-regexp=", "--certificate-oidc-issuer=", "--certificate-oidc-issuer-regexp=",
            "--certificate-chain=", "--bundle=", "--rekor-url=", "--rfc3161-timestamp=", "--trusted-root=", "-o --output=",
            "--insecure-ignore-tlog=?", "--offline=?", "--new-bundle-format=?",
        ],
        ..BASE
    },
    Spec {
        names: &["minisign"],
        options: &["-V", "-S", "-m=", "-x=", "-p=", "-P=", "-s=", "-t=", "-c=", "-o", "-q", "-Q", "-H"],
        ..BASE
    },
    Spec {
        names: &["signify", "signify-openbsd"],
        options: &["-V", "-C", "-S", "-m=", "-x=", "-p=", "-t=", "-e", "-q", "-z"],
        ..BASE
    },
    Spec {
        names: &["aria2c"],
        style: Style::Gnu,
        options: &[
            "-o --out=", "-d --dir=", "-x --max-connection-per-server=", "-s --split=", "-j --max-concurrent-downloads=",
            "-k --min-split-size=", "-i --input-file=", "-l --log=", "-m --max-tries=", "-t --timeout=", "--checksum=",
            "--header=", "-U --user-agent=", "-c --continue", "-q --quiet=?", "--console-log-level=",
            "--allow-overwrite=?", "--auto-file-renaming=?", "--check-certificate=?",
        ],
        ..BASE
    },
    Spec { names: &["axel"], options: &["-o --output=", "-n --num-connections=", "-a", "-q", "-k"], ..BASE },
    // Archives, tar and unzip apart.
    Spec {
        names: &["gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "lzma", "unlzma", "zstd", "unzstd", "uncompress"],
        style: Style::Gnu,
        options: &[
            "-d --decompress --uncompress", "-k --keep", "-c --stdout --to-stdout", "-f --force", "-q --quiet",
            "-v --verbose", "-t --test", "-o=", "-S --suffix=", "-T --threads=", "--rm",
        ],
        ..BASE
    },
    Spec { names: &["7z", "7za", "7zr"], subcommands: true, options: &["-o=*", "-y", "-p=*", "-t=*"], ..BASE },
    Spec {
        names: &["dpkg-deb"],
        options: &["-x --extract", "-X --vextract", "-R --raw-extract", "-e --control", "-b --build", "-c --contents"],
        ..BASE
    },
    Spec {
        names: &["java"],
        style: Style::Leading,
        options: &["-jar=", "-cp -classpath --class-path=", "-D=*", "-X=*"],
        ..BASE
    },
    Spec { names: &["base64"], style: Style::Gnu, options: &["-d --decode -D", "-i --ignore-garbage", "-w --wrap="], ..BASE },
    Spec { names: &["touch"], style: Style::Gnu, options: &["-r --reference=", "-d --date=", "-t=", "-c --no-create", "-a", "-m"], ..BASE },
    // Sources.
    Spec {
        names: &["git"],
        style: Style::Gnu,
        subcommands: true,
        options: &[
            "-C=", "-c --config=", "--git-dir=", "--work-tree=", "--namespace=", "--exec-path=?", "--config-env=",
            "-b --branch=", "-B=", "--revision=", "--depth=", "--deepen=", "-j --jobs=", "-o --origin --output=", "--reference=",
            "--reference-if-able=", "--upload-pack=", "--template=", "--separate-git-dir=", "--shallow-since=",
            "--shallow-exclude=", "--filter=", "--format --pretty=?", "--prefix=", "-m --message=", "-F --file=",
            "-S --gpg-sign=*", "--author=", "--date=", "-q --quiet", "-v --verbose", "-f --force", "-a --all",
            "-t --tags", "--recurse-submodules --recursive=?", "--single-branch", "--no-single-branch", "--no-tags",
            "--bare", "--mirror", "--shallow-submodules", "--init", "--remote=?", "--hard", "--soft", "--detach",
            "--global", "--system", "--local", "--add", "--unset", "--match=", "--exclude=", "--include=", "--directory=",
        ],
        ..BASE
    },
    Spec {
        names: &["tar", "bsdtar", "gtar"],
        style: Style::Bundled,
        options: &[
            "-x --extract --get", "-c --create", "-t --list", "-r --append", "-u --update",
            "-A --catenate --concatenate", "-d --diff --compare", "--delete", "-f --file=", "-C --directory --cd=",
            "-z --gzip --gunzip --ungzip", "-j --bzip2", "-J --xz", "-a --auto-compress",
            "-Z --compress --uncompress", "--lzip", "--lzma", "--lzop", "--zstd", "-v --verbose",
            "-p --preserve-permissions --same-permissions", "-o --no-same-owner", "--same-owner",
            "--no-same-permissions", "-k --keep-old-files", "-U --unlink-first", "-m --touch", "-O --to-stdout",
            "-P --absolute-names", "-h --dereference", "-S --sparse", "-W --verify", "-I --use-compress-program=",
            "-T --files-from=", "-X --exclude-from=", "-b --blocking-factor=", "-g --listed-incremental=",
            "-K --starting-file=", "-L --tape-length=", "-N --newer --after-date=", "-V --label=",
            "-F --info-script --new-volume-script=", "-H --format=", "-s --preserve-order --same-order",
            "--strip-components --strip=", "--exclude=", "--transform --xform=", "--owner=", "--group=", "--mode=",
            "--mtime=", "--sort=", "--one-top-level=?", "--wildcards", "--no-wildcards", "--overwrite", "--totals=?",
            "--checkpoint=?", "--checkpoint-action=", "--warning=", "--numeric-owner", "--to-command=", "--suffix=",
            "--backup=?", "--rsh-command=", "--occurrence=?", "--pax-option=", "--owner-map=", "--group-map=",
            "--hole-detection=", "--sparse-version=", "--record-size=", "--index-file=", "--quoting-style=",
        ],
        ..BASE
    },
    Spec {
        names: &["unzip"],
        options: &["-d=", "-P=", "-x", "-q", "-o", "-n", "-j", "-l", "-p", "-t", "-u", "-a", "-L"],
        ..BASE
    },
    // Users and permissions.
    Spec {
        names: &["useradd"],
        style: Style::Gnu,
        options: &[
            "-b --base-dir=", "-c --comment=", "-d --home-dir --home=", "-D --defaults", "-e --expiredate=",
            "-f --inactive=", "-g --gid=", "-G --groups=", "-k --skel=", "-K --key=", "-l --no-log-init",
            "-m --create-home", "-M --no-create-home", "-N --no-user-group", "-o --non-unique", "-p --password=",
            "-r --system", "-R --root=", "-P --prefix=", "-s --shell=", "-u --uid=", "-U --user-group",
            "-Z --selinux-user=", "-F --add-subids-for-system", "--badname --badnames",
        ],
        ..BASE
    },
    Spec {
        names: &["usermod"],
        style: Style::Gnu,
        options: &[
            "-a --append", "-b --badname", "-c --comment=", "-d --home=", "-e --expiredate=", "-f --inactive=",
            "-g --gid=", "-G --groups=", "-l --login=", "-L --lock", "-m --move-home", "-o --non-unique",
            "-p --password=", "-r --remove", "-R --root=", "-P --prefix=", "-s --shell=", "-u --uid=", "-U --unlock",
            "-v --add-subuids=", "-V --del-subuids=", "-w --add-subgids=", "-W --del-subgids=", "-Z --selinux-user=",
        ],
        ..BASE
    },
    Spec {
        names: &["groupadd"],
        style: Style::Gnu,
        options: &[
            "-f --force", "-g --gid=", "-K --key=", "-o --non-unique", "-p --password=", "-r --system", "-R --root=",
            "-P --prefix=", "-U --users=",
        ],
        ..BASE
    },
    Spec {
        names: &["groupmod"],
        style: Style::Gnu,
        options: &[
            "-a --append", "-g --gid=", "-n --new-name=", "-o --non-unique", "-p --password=", "-R --root=",
            "-P --prefix=", "-U --users=",
        ],
        ..BASE
    },
    // Debian's `adduser` has long options alone; the short ones are BusyBox's.
    Spec {
        names: &["adduser"],
        options: &[
            "--home -h=", "--gecos --comment -g=", "--shell -s=", "--ingroup -G=", "--uid -u=", "--system -S",
            "--disabled-password -D", "--no-create-home -H", "-k=", "--gid=", "--firstuid=", "--lastuid=",
            "--firstgid=", "--lastgid=", "--conf=", "--group", "--disabled-login", "--quiet -q",
            "--force-badname --allow-bad-names", "--add_extra_groups --add-extra-groups", "--encrypt-home",
        ],
        ..BASE
    },
    Spec {
        names: &["addgroup"],
        options: &["--gid -g=", "--system -S", "--firstgid=", "--lastgid=", "--conf=", "--quiet -q", "--force-badname"],
        ..BASE
    },
    Spec { names: &["chmod"], style: Style::Gnu, options: MODE, ..BASE },
    Spec { names: &["chown", "chgrp"], style: Style::Gnu, options: MODE, ..BASE },
    // Files.
    Spec {
        names: &["mkdir"],
        style: Style::Gnu,
        options: &["-p --parents", "-m --mode=", "-v --verbose", "-Z --context=?"],
        ..BASE
    },
    Spec {
        names: &["install"],
        style: Style::Gnu,
        options: &[
            "-d --directory", "-D", "-m --mode=", "-o --owner=", "-g --group=", "-t --target-directory=",
            "-T --no-target-directory", "-S --suffix=", "-s --strip", "-p --preserve-timestamps", "-v --verbose",
            "-C --compare", "-b --backup=?", "--strip-program=", "-Z --context=?",
        ],
        ..BASE
    },
    Spec {
        names: &["rm"],
        style: Style::Gnu,
        options: &[
            "-r -R --recursive", "-f --force", "-v --verbose", "-d --dir", "-i", "-I", "--interactive=?",
            "--one-file-system", "--preserve-root=?", "--no-preserve-root",
        ],
        ..BASE
    },
    Spec {
        names: &["mv"],
        style: Style::Gnu,
        options: &[
            "-t --target-directory=", "-T --no-target-directory", "-S --suffix=", "-f --force", "-i --interactive",
            "-n --no-clobber", "-u --update=?", "-v --verbose", "-b --backup=?",
        ],
        ..BASE
    },
    Spec {
        names: &["cp"],
        style: Style::Gnu,
        options: &[
            "-r -R --recursive", "-a --archive", "-p", "--preserve=?", "--no-preserve=", "-t --target-directory=",
            "-T --no-target-directory", "-S --suffix=", "-f --force", "-i --interactive", "-n --no-clobber",
            "-u --update=?", "-v --verbose", "-L --dereference", "-P --no-dereference", "-H", "-d", "-l --link",
            "-s --symbolic-link", "-x --one-file-system", "-b --backup=?", "--parents", "--reflink=?", "--sparse=",
        ],
        ..BASE
    },
    Spec {
        names: &["ln"],
        style: Style::Gnu,
        options: &[
            "-s --symbolic", "-f --force", "-n --no-dereference", "-r --relative", "-v --verbose",
            "-t --target-directory=", "-T --no-target-directory", "-S --suffix=", "-i --interactive", "-b --backup=?",
        ],
        ..BASE
    },
    Spec {
        names: &["sed"],
        style: Style::Gnu,
        options: &[
            "-i --in-place=*", "-e --expression=", "-f --file=", "-n --quiet --silent", "-E -r --regexp-extended",
            "-l --line-length=", "-s --separate", "-u --unbuffered", "-z --null-data", "--posix", "--follow-symlinks",
        ],
        ..BASE
    },
    Spec {
        names: &["grep", "egrep", "fgrep"],
        style: Style::Gnu,
        options: &[
            "-e --regexp=", "-f --file=", "-m --max-count=", "-A --after-context=", "-B --before-context=",
            "-C --context=", "-d --directories=", "-D --devices=", "--include=", "--exclude=", "--exclude-from=",
            "--exclude-dir=", "--label=", "--color --colour=?", "--binary-files=", "-E --extended-regexp",
            "-F --fixed-strings", "-G --basic-regexp", "-P --perl-regexp", "-i --ignore-case", "-v --invert-match",
            "-w --word-regexp", "-x --line-regexp", "-c --count", "-l --files-with-matches",
            "-L --files-without-match", "-q --quiet --silent", "-s --no-messages", "-o --only-matching",
            "-n --line-number", "-h --no-filename", "-H --with-filename", "-r --recursive",
            "-R --dereference-recursive",
        ],
        ..BASE
    },
    Spec {
        names: &["find"],
        style: Style::SingleDash,
        options: &[
            "-name=", "-iname=", "-path -wholename=", "-ipath=", "-regex=", "-iregex=", "-regextype=", "-type=",
            "-xtype=", "-maxdepth=", "-mindepth=", "-size=", "-perm=", "-user=", "-group=", "-uid=", "-gid=",
            "-mtime=", "-mmin=", "-atime=", "-amin=", "-ctime=", "-cmin=", "-newer=", "-samefile=", "-inum=",
            "-links=", "-lname=", "-fstype=", "-printf=", "-fprint=", "-fls=", "-exec=;", "-execdir=;", "-ok=;",
            "-okdir=;",
        ],
        ..BASE
    },
    Spec { names: &["tee"], style: Style::Gnu, options: &["-a --append", "-i --ignore-interrupts", "-p"], ..BASE },
    Spec {
        names: &["cat"],
        style: Style::Gnu,
        options: &["-n --number", "-s --squeeze-blank", "-A --show-all"],
        ..BASE
    },
    Spec {
        names: &["uname"],
        style: Style::Gnu,
        options: &[
            "-m --machine", "-a --all", "-s --kernel-name", "-r --kernel-release", "-p --processor",
            "-i --hardware-platform", "-o --operating-system", "-n --nodename", "-v --kernel-version",
        ],
        ..BASE
    },
    Spec { names: &["arch"], ..BASE },
    Spec {
        names: &["make", "gmake"],
        style: Style::Gnu,
        options: &[
            "-C --directory=", "-f --file --makefile=", "-I --include-dir=", "-o --old-file --assume-old=",
            "-W --what-if --new-file --assume-new=", "-j --jobs=*", "-l --load-average --max-load=*",
            "-O --output-sync=*", "-k --keep-going", "-s --silent --quiet", "-B --always-make",
            "-n --just-print --dry-run --recon", "-e --environment-overrides",
        ],
        ..BASE
    },
    Spec { names: &["echo"], style: Style::First, options: &["-n", "-e", "-E"], ..BASE },
    Spec { names: &["printf"], style: Style::First, options: &["-v="], ..BASE },
    // The shell's own.
    Spec { names: &["set"], style: Style::Leading, options: &["-o=", "+o=", "-e", "-u", "-x", "-v"], ..BASE },
    Spec { names: &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"], style: Style::Leading, options: SHELL, ..BASE },
    Spec { names: &["eval"], style: Style::Leading, ..BASE },
    Spec { names: &["su"], style: Style::Gnu, options: SU, ..BASE },
    // Commands that run another one; see `WRAPPERS`.
    Spec {
        names: &["sudo"],
        style: Style::Leading,
        options: &[
            "-u --user=", "-g --group=", "-h --host=", "-p --prompt=", "-C --close-from=", "-D --chdir=",
            "-R --chroot=", "-T --command-timeout=", "-U --other-user=", "-r --role=", "-t --type=",
            "-E --preserve-env=?", "-H --set-home", "-n --non-interactive", "-S --stdin", "-i --login", "-s --shell",
            "-b --background", "-k --reset-timestamp",
        ],
        ..BASE
    },
    Spec { names: &["doas"], style: Style::Leading, options: &["-u=", "-C=", "-a=", "-n", "-s", "-L"], ..BASE },
    Spec {
        names: &["env"],
        style: Style::Leading,
        options: &[
            "-i --ignore-environment", "-u --unset=", "-C --chdir=", "-S --split-string=", "-a --argv0=", "-0 --null",
            "-v --debug",
        ],
        ..BASE
    },
    Spec { names: &["exec"], style: Style::Leading, options: &["-a=", "-c", "-l"], ..BASE },
    Spec { names: &["command"], style: Style::Leading, options: &["-p", "-v", "-V"], ..BASE },
    Spec { names: &["nice"], style: Style::Leading, options: &["-n --adjustment="], ..BASE },
    Spec {
        names: &["time"],
        style: Style::Leading,
        options: &["-p --portability", "-f --format=", "-o --output=", "-a --append", "-v --verbose"],
        ..BASE
    },
    Spec {
        names: &["timeout"],
        style: Style::Leading,
        options: &["-k --kill-after=", "-s --signal=", "-f --foreground", "-p --preserve-status", "-v --verbose"],
        ..BASE
    },
    Spec {
        names: &["xargs"],
        style: Style::Leading,
        options: &[
            "-0 --null", "-r --no-run-if-empty", "-t --verbose", "-p --interactive", "-x --exit", "-o --open-tty",
            "-n --max-args=", "-P --max-procs=", "-s --max-chars=", "-L=", "-I=", "-d --delimiter=", "-a --arg-file=",
            "-E=", "-i --replace=*", "-l --max-lines=*", "-e --eof=*", "--process-slot-var=",
        ],
        ..BASE
    },
    Spec { names: &["chroot"], style: Style::Leading, options: &["--groups=", "--userspec=", "--skip-chdir"], ..BASE },
    Spec {
        names: &["setpriv"],
        style: Style::Leading,
        options: &[
            "--reuid=", "--regid=", "--ruid=", "--euid=", "--rgid=", "--egid=", "--groups=", "--inh-caps=",
            "--ambient-caps=", "--bounding-set=", "--securebits=", "--pdeathsig=", "--selinux-label=",
            "--apparmor-profile=", "--clear-groups", "--keep-groups", "--init-groups", "--reset-env",
            "--no-new-privs --nnp",
        ],
        ..BASE
    },
    Spec { names: &["tini", "tini-static", "docker-init"], style: Style::Leading, options: &["-p=", "-e=", "-g", "-s", "-v", "-w", "-l"], ..BASE },
    Spec {
        names: &["dumb-init"],
        style: Style::Leading,
        options: &["-r --rewrite=", "-c --single-child", "-v --verbose"],
        ..BASE
    },
    Spec { names: &["runuser"], style: Style::Leading, options: SU, ..BASE },
    Spec {
        names: &["stdbuf"],
        style: Style::Leading,
        options: &["-i --input=", "-o --output=", "-e --error="],
        ..BASE
    },
    Spec {
        names: &["ionice"],
        style: Style::Leading,
        options: &["-c --class=", "-n --classdata=", "-p --pid=", "-P --pgid=", "-u --uid=", "-t --ignore"],
        ..BASE
    },
    Spec {
        names: &["python", "python2", "python3"],
        style: Style::Leading,
        options: &["-m=", "-c=", "-W=", "-X=", "-u", "-B", "-E", "-s", "-I", "-O"],
        ..BASE
    },
    Spec { names: &["curl"], options: CURL, ..BASE },
    Spec { names: &["wget"], style: Style::Gnu, options: WGET, ..BASE },
];

const SU: &[&str] = &[
    "-c --command=", "--session-command=", "-s --shell=", "-g --group=", "-G --supp-group=",
    "-w --whitelist-environment=", "-u --user=", "-l --login", "-m -p --preserve-environment", "-f --fast",
    "-P --pty",
];

const CURL: &[&str] = &[
    "-o --output=", "-O --remote-name", "--remote-name-all", "-J --remote-header-name", "--output-dir=",
    "--create-dirs", "-f --fail", "--fail-with-body", "--fail-early", "-s --silent", "-S --show-error",
    "-L --location", "--location-trusted", "-k --insecure", "-v --verbose", "-# --progress-bar",
    "--no-progress-meter", "-I --head", "-i --include --show-headers", "-g --globoff", "-G --get", "-N --no-buffer",
    "-R --remote-time", "-a --append", "-n --netrc", "-q --disable", "-j --junk-session-cookies", "-l --list-only",
    "-p --proxytunnel", "-Z --parallel", "-0 --http1.0", "--http1.1", "--http2", "--http3", "-1 --tlsv1",
    "-2 --sslv2", "-3 --sslv3", "--tlsv1.0", "--tlsv1.1", "--tlsv1.2", "--tlsv1.3", "-4 --ipv4", "-6 --ipv6",
    "--compressed", "--retry-connrefused", "--retry-all-errors", "--ssl-reqd", "--anyauth", "--no-keepalive",
    "--remove-on-error", "--skip-existing", "-M --manual", "-V --version", "-h --help=?", "-B --use-ascii",
    "-A --user-agent=", "-b --cookie=", "-c --cookie-jar=", "-C --continue-at=", "-d --data --data-ascii=",
    "--data-binary=", "--data-raw=", "--data-urlencode=", "-D --dump-header=", "-e --referer=", "-E --cert=",
    "--cert-type=", "--cacert=", "--capath=", "--cert-status", "--ciphers=", "--tls13-ciphers=", "--connect-timeout=",
    "--connect-to=", "--crlfile=", "-F --form=", "--form-string=", "-H --header=", "--interface=", "--json=",
    "--keepalive-time=", "--key=", "--key-type=", "-K --config=", "--limit-rate=", "--local-port=", "-m --max-time=",
    "--max-filesize=", "--max-redirs=", "--netrc-file=", "--noproxy=", "--oauth2-bearer=", "-P --ftp-port=",
    "--parallel-max=", "--pinnedpubkey=", "--preproxy=", "--proto=", "--proto-default=", "--proto-redir=",
    "-Q --quote=", "-r --range=", "--rate=", "--request-target=", "--resolve=", "--retry=", "--retry-delay=",
    "--retry-max-time=", "--socks5=", "--socks5-hostname=", "--stderr=", "-T --upload-file=", "-t --telnet-option=",
    "--time-cond -z=", "--tls-max=", "--trace=", "--trace-ascii=", "-u --user=", "-U --proxy-user=", "--unix-socket=",
    "--url=", "--url-query=", "-w --write-out=", "-x --proxy=", "-X --request=", "-y --speed-time=",
    "-Y --speed-limit=", "--variable=", "--doh-url=", "--dns-servers=", "--aws-sigv4=", "--alt-svc=", "--hsts=",
    "--etag-save=", "--etag-compare=", "--expect100-timeout=", "--pass=", "--engine=", "--curves=",
    "--abstract-unix-socket=", "--happy-eyeballs-timeout-ms=",
];

const WGET: &[&str] = &[
    "-O --output-document=", "-P --directory-prefix=", "-o --output-file=", "-a --append-output=", "-q --quiet",
    "-nv --no-verbose", "-v --verbose", "-nc --no-clobber", "-c --continue", "-N --timestamping",
    "-S --server-response", "-r --recursive", "-l --level=", "-np --no-parent", "-nd --no-directories",
    "-nH --no-host-directories", "-x --force-directories", "-t --tries=", "-T --timeout=", "-w --wait=",
    "-Q --quota=", "-U --user-agent=", "-e --execute=", "-i --input-file=", "-B --base=", "-A --accept=",
    "-R --reject=", "-D --domains=", "-I --include-directories=", "-X --exclude-directories=", "-b --background",
    "-k --convert-links", "-m --mirror", "-p --page-requisites", "-E --adjust-extension --html-extension",
    "-K --backup-converted", "-H --span-hosts", "-L --relative", "-F --force-html", "-d --debug", "-4 --inet4-only",
    "-6 --inet6-only", "--progress=", "--show-progress", "--header=", "--user=", "--password=", "--http-user=",
    "--http-password=", "--post-data=", "--post-file=", "--method=", "--body-data=", "--body-file=",
    "--no-check-certificate", "--check-certificate=?", "--ca-certificate=", "--ca-directory=", "--certificate=",
    "--certificate-type=", "--private-key=", "--secure-protocol=", "--https-only", "--ciphers=", "--connect-timeout=",
    "--dns-timeout=", "--read-timeout=", "--waitretry=", "--retry-connrefused", "--retry-on-http-error=",
    "--limit-rate=", "--bind-address=", "--referer=", "--load-cookies=", "--save-cookies=", "--max-redirect=",
    "--no-hsts", "--hsts-file=", "--content-disposition", "--no-cookies", "--no-cache", "--no-proxy",
    "--trust-server-names", "--cut-dirs=", "--default-page=", "--no-dns-cache", "--random-wait", "--spider",
    "--compression=", "--no-glob", "--restrict-file-names=", "--prefer-family=", "--use-askpass=",
    "--local-encoding=", "--remote-encoding=",
];

/// A command that runs the command in its operands.
#[derive(Debug)]
pub struct Wrapper {
    /// Its name.
    pub name: &'static str,
    /// Number of operands before the command.
    pub operands: usize,
    /// Whether `NAME=value` may stand before the command.
    pub assignments: bool,
    /// With one of these options it does something else.
    pub unless: &'static [&'static str],
}

const fn wrapper(name: &'static str, operands: usize) -> Wrapper {
    Wrapper { name, operands, assignments: false, unless: &[] }
}

/// The commands that run another one.
pub const WRAPPERS: &[Wrapper] = &[
    Wrapper { assignments: true, ..wrapper("sudo", 0) },
    wrapper("doas", 0),
    Wrapper { assignments: true, ..wrapper("env", 0) },
    wrapper("exec", 0),
    Wrapper { unless: &["-v", "-V"], ..wrapper("command", 0) },
    wrapper("builtin", 0),
    wrapper("nice", 0),
    wrapper("nohup", 0),
    wrapper("time", 0),
    wrapper("timeout", 1),
    wrapper("xargs", 0),
    wrapper("chroot", 1),
    wrapper("gosu", 1),
    wrapper("su-exec", 1),
    wrapper("setpriv", 0),
    Wrapper { unless: &["-c", "--session-command", "-l"], ..wrapper("runuser", 0) },
    wrapper("eatmydata", 0),
    wrapper("stdbuf", 0),
    wrapper("ionice", 0),
    wrapper("setsid", 0),
    wrapper("fakeroot", 0),
    wrapper("busybox", 0),
    wrapper("tini", 0),
    wrapper("tini-static", 0),
    wrapper("docker-init", 0),
    wrapper("dumb-init", 0),
    wrapper("catatonit", 0),
    wrapper("!", 0),
];
