//! Servers that leave the foreground when they are started, and what keeps them there. Source: their manual pages.

use crate::shell::CommandLine;

/// How a program goes into the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Daemon {
    /// By itself, unless it is told otherwise.
    ByDefault {
        /// What to write to keep it in the foreground.
        foreground: &'static str,
        /// Whether its configuration can keep it there too.
        configurable: bool,
    },
    /// Because of this option or subcommand.
    Asked(String),
    /// It is started by an init system, which has it for a service: its name.
    Service(String),
}

struct Row {
    names: &'static [&'static str],
    /// One-letter options that keep it in the foreground, or make it do something else.
    letters: &'static str,
    /// Parts of words that do so.
    words: &'static [&'static str],
    foreground: &'static str,
    configurable: bool,
}

const fn row(names: &'static [&'static str], letters: &'static str, foreground: &'static str) -> Row {
    Row { names, letters, words: &["foreground", "--no-daemon", "--nodaemon"], foreground, configurable: false }
}

const BY_DEFAULT: &[Row] = &[
    Row { words: &["daemon off"], configurable: true, ..row(&["nginx", "openresty"], "tTvVhscpq", "-g 'daemon off;'") },
    Row {
        words: &["foreground", "FOREGROUND", "NO_DETACH", "configtest", "status", "stop", "graceful-stop"],
        ..row(&["apache2", "httpd", "apachectl", "apache2ctl"], "tvVlLSMX", "-D FOREGROUND")
    },
    row(&["cron"], "f", "-f"),
    row(&["crond"], "fndx", "-f"),
    row(&["sshd"], "DdtTVGi", "-D"),
    Row { words: &["--nodaemonize", "--test"], configurable: true, ..row(&["php-fpm"], "Ftinmv", "-F") },
    row(&["squid"], "Nzkvh", "-N"),
    row(&["lighttpd"], "DtpvV", "-D"),
    row(&["dovecot"], "Fna", "-F"),
    row(&["named"], "fgvV", "-f"),
    row(&["rsyslogd"], "nNv", "-n"),
    row(&["slapd"], "dTV", "-d 0"),
    Row { words: &["foreground", "--no-process-group"], ..row(&["smbd", "nmbd", "winbindd"], "Fi", "--foreground") },
    Row {
        words: &["--keep-in-foreground", "--no-daemon", "--test"],
        configurable: true,
        ..row(&["dnsmasq"], "kd", "--keep-in-foreground")
    },
    row(&["zabbix_server", "zabbix_agentd", "zabbix_proxy"], "fptRV", "-f"),
    row(&["privoxy"], "", "--no-daemon"),
    row(&["tinyproxy"], "d", "-d"),
    row(&["proftpd"], "ntv", "--nodaemon"),
    row(&["snmpd", "snmptrapd"], "fvH", "-f"),
    Row { words: &["--dont-fork"], ..row(&["keepalived"], "n", "--dont-fork") },
    row(&["rpcbind"], "fd", "-f"),
    row(&["ntpd"], "nd", "-n"),
    Row { words: &["nodaemon"], ..row(&["xrdp"], "n", "--nodaemon") },
    row(&["atd"], "fd", "-f"),
    Row { words: &["-dontfork"], ..row(&["inetd", "xinetd"], "fd", "-d") },
    row(&["varnishd"], "FdCVh", "-F"),
    row(&["cassandra"], "f", "-f"),
];

/// Options and subcommands that send a program into the background.
const ASKED: &[(&[&str], &[&str])] = &[
    (&["mongod", "mongos"], &["--fork"]),
    (&["mysqld", "mariadbd"], &["--daemonize", "-D"]),
    (&["uwsgi"], &["--daemonize", "--daemonize2", "-d"]),
    (&["gunicorn", "unicorn", "unicorn_rails"], &["--daemon", "--daemonize", "-D"]),
    (&["php-fpm"], &["-D", "--daemonize"]),
    (&["memcached", "puma", "thin", "fluentd", "elasticsearch"], &["-d", "--daemon", "--daemonize"]),
    (&["haproxy"], &["-D"]),
    (&["celery"], &["multi", "--detach"]),
    (&["rabbitmq-server"], &["-detached"]),
    (&["openvpn"], &["--daemon"]),
    (&["kafka-server-start.sh", "zookeeper-server-start.sh"], &["-daemon"]),
    (&["start-stop-daemon"], &["--background", "-b"]),
    (
        &["pg_ctl", "catalina.sh", "zkServer.sh", "activemq", "neo4j", "jetty.sh", "forever", "postfix", "initctl"],
        &["start"],
    ),
    (&["apachectl", "apache2ctl"], &["start", "restart", "graceful"]),
];

/// How a command goes into the background, if it does. What cannot be known of its words makes it stay.
pub fn daemon(line: &CommandLine<'_>) -> Option<Daemon> {
    if let Some(service) = service(line) {
        return Some(Daemon::Service(service));
    }
    let texts: Option<Vec<_>> = line.words.iter().skip(1).map(crate::shell::ast::Word::literal).collect();
    let texts = texts?;
    let is_named =
        |names: &[&str]| names.iter().any(|name| line.name == *name || *name == "php-fpm" && is_php(&line.name));
    let rows = || BY_DEFAULT.iter().filter(|row| is_named(row.names));
    if rows().any(|row| texts.iter().any(|text| row.words.iter().any(|word| text.contains(word)))) {
        return None;
    }
    let mut asked = ASKED.iter().filter(|(names, _)| is_named(names)).flat_map(|(_, options)| *options);
    if let Some(option) = asked.find(|option| texts.iter().any(|text| text == **option)) {
        return Some(Daemon::Asked((*option).to_owned()));
    }
    if line.name == "redis-server" && texts.windows(2).any(|pair| pair[0] == "--daemonize" && pair[1] == "yes") {
        return Some(Daemon::Asked("--daemonize yes".to_owned()));
    }
    let row = rows().next()?;
    // `-DSSL` is one option with its value.
    let has_value = |text: &str| text.starts_with("-D") && !row.letters.contains('D');
    let is_cluster =
        |text: &str| text.starts_with('-') && !text.starts_with("--") && text.len() <= 6 && !has_value(text);
    let stays = texts.iter().any(|text| is_cluster(text) && text.chars().any(|c| row.letters.contains(c)));
    (!stays).then_some(Daemon::ByDefault { foreground: row.foreground, configurable: row.configurable })
}

/// `php-fpm8.3`, `php-fpm83`, `php7.4-fpm`
fn is_php(name: &str) -> bool {
    let bare: String = name.chars().filter(|c| !(c.is_ascii_digit() || *c == '.')).collect();
    bare == "php-fpm"
}

/// The service that `service NAME start`, `systemctl start NAME` or `/etc/init.d/NAME start` starts.
fn service(line: &CommandLine<'_>) -> Option<String> {
    let operands: Vec<_> = line.operands.iter().map(|word| word.literal().unwrap_or_default()).collect();
    let is_start = |text: &str| matches!(text, "start" | "restart" | "reload-or-restart" | "force-reload");
    let script = |path: &str| {
        path.strip_prefix("/etc/init.d/").or_else(|| path.strip_prefix("/etc/rc.d/init.d/")).map(str::to_owned)
    };
    let path = line.name_word.literal()?;
    match (line.name.as_str(), operands.as_slice()) {
        ("service" | "rc-service" | "invoke-rc.d", [name, verb, ..]) if is_start(verb) => {
            Some(name.clone().into_owned())
        }
        ("systemctl", [verb, name, ..]) if is_start(verb) => Some(name.clone().into_owned()),
        ("sh" | "bash", [path, verb, ..]) if is_start(verb) => script(path),
        (_, [verb, ..]) if is_start(verb) => script(&path),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::ast::Command;
    use crate::source::{Joined, Piece};

    #[test]
    fn who_leaves() {
        for (script, expected) in [
            ("nginx", Some("-g 'daemon off;'")),
            ("nginx -g 'daemon off;'", None),
            ("nginx -g 'pid /run/nginx;'", Some("-g 'daemon off;'")),
            ("nginx $OPTIONS", None),
            ("/usr/sbin/apache2ctl -DFOREGROUND", None),
            ("apachectl -D FOREGROUND -k start", None),
            ("apache2ctl start", Some("start")),
            ("httpd", Some("-D FOREGROUND")),
            ("cron -L 15", Some("-f")),
            ("cron -fL 15", None),
            ("squid -NYCd 1", None),
            ("httpd -DSSL", Some("-D FOREGROUND")),
            ("/usr/sbin/sshd -De", None),
            ("php-fpm8.3 -y /etc/fpm.conf", Some("-F")),
            ("php-fpm8.3 -F", None),
            ("php-fpm -D", Some("-D")),
            ("mongod --fork --logpath /log", Some("--fork")),
            ("mongod", None),
            ("redis-server --daemonize yes", Some("--daemonize yes")),
            ("redis-server --daemonize no", None),
            ("service ssh start", Some("ssh")),
            ("service ssh status", None),
            ("/etc/init.d/ssh start", Some("ssh")),
            ("systemctl restart ssh", Some("ssh")),
        ] {
            let pieces = vec![Piece { joined: 0, source: 0, len: script.len() as u32 }];
            let list = crate::shell::parse(&Joined { text: script.to_owned(), pieces }).unwrap();
            let Command::Simple(simple) = &list.statements[0].command else { panic!("{script}") };
            let found = daemon(&crate::shell::read(simple).unwrap());
            let found = found.map(|found| match found {
                Daemon::ByDefault { foreground, .. } => foreground.to_owned(),
                Daemon::Asked(word) | Daemon::Service(word) => word,
            });
            assert_eq!(found.as_deref(), expected, "{script}");
        }
    }
}
