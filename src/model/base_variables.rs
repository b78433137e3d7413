//! The variables that base images set. BuildKit reads them from the image; here a few well-known images are listed, with all names that
//! any of their tags sets, and of the others nothing is known.

use super::ImageReference;

/// Names by image of Docker Hub; each image has PATH besides.
const KNOWN: [(&str, &[&str]); 28] = [
    ("almalinux", &["LANG", "container"]),
    ("alpine", &[]),
    ("amazonlinux", &["LANG"]),
    ("archlinux", &["LANG"]),
    ("buildpack-deps", &[]),
    ("busybox", &[]),
    ("centos", &["container"]),
    ("debian", &[]),
    ("eclipse-temurin", &["JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"]),
    ("fedora", &["DISTTAG", "FBR", "FGC", "container"]),
    ("gcc", &["GCC_MIRRORS", "GCC_VERSION", "GPG_KEYS"]),
    ("golang", &["GOLANG_VERSION", "GOPATH", "GOTOOLCHAIN"]),
    ("haproxy", &["HAPROXY_MAJOR", "HAPROXY_MD5", "HAPROXY_SHA256", "HAPROXY_URL", "HAPROXY_VERSION"]),
    ("httpd", &["HTTPD_PATCHES", "HTTPD_PREFIX", "HTTPD_SHA256", "HTTPD_VERSION"]),
    ("mageia", &[]),
    ("memcached", &["MEMCACHED_SHA1", "MEMCACHED_URL", "MEMCACHED_VERSION"]),
    (
        "nginx",
        &[
            "ACME_VERSION",
            "DYNPKG_RELEASE",
            "NGINX_VERSION",
            "NJS_RELEASE",
            "NJS_VERSION",
            "OTEL_VERSION",
            "PKG_RELEASE",
        ],
    ),
    ("node", &["NODE_VERSION", "YARN_VERSION"]),
    ("openjdk", &["JAVA_HOME", "JAVA_VERSION", "LANG"]),
    ("oraclelinux", &[]),
    ("perl", &["PERL_VERSION"]),
    ("photon", &[]),
    (
        "php",
        &[
            "APACHE_CONFDIR",
            "APACHE_ENVVARS",
            "GPG_KEYS",
            "PHPIZE_DEPS",
            "PHP_ASC_URL",
            "PHP_CFLAGS",
            "PHP_CPPFLAGS",
            "PHP_EXTRA_BUILD_DEPS",
            "PHP_EXTRA_CONFIGURE_ARGS",
            "PHP_INI_DIR",
            "PHP_LDFLAGS",
            "PHP_MD5",
            "PHP_SHA256",
            "PHP_URL",
            "PHP_VERSION",
        ],
    ),
    (
        "python",
        &[
            "GPG_KEY",
            "LANG",
            "PYTHONIOENCODING",
            "PYTHON_GET_PIP_SHA256",
            "PYTHON_GET_PIP_URL",
            "PYTHON_PIP_VERSION",
            "PYTHON_SETUPTOOLS_VERSION",
            "PYTHON_SHA256",
            "PYTHON_VERSION",
        ],
    ),
    ("rockylinux", &["LANG", "container"]),
    (
        "ruby",
        &[
            "BUNDLER_VERSION",
            "BUNDLE_APP_CONFIG",
            "BUNDLE_BIN",
            "BUNDLE_PATH",
            "BUNDLE_SILENCE_ROOT_WARNING",
            "GEM_HOME",
            "LANG",
            "RUBYGEMS_VERSION",
            "RUBY_DOWNLOAD_SHA256",
            "RUBY_DOWNLOAD_URL",
            "RUBY_MAJOR",
            "RUBY_VERSION",
        ],
    ),
    ("rust", &["CARGO_HOME", "RUSTUP_HOME", "RUST_VERSION"]),
    ("ubuntu", &["LANG"]),
];

/// The architectures under which Docker Hub has the programme's images besides.
const ARCHITECTURES: [&str; 10] =
    ["amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64", "s390x"];

/// The names of the variables that an image may set, PATH left out; none where they are not known.
pub fn of(image: &ImageReference) -> Option<&'static [&'static str]> {
    let name = image.familiar();
    let name = match name.split_once('/') {
        Some((architecture, name)) if ARCHITECTURES.contains(&architecture) => name,
        _ => name,
    };
    let at = KNOWN.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    KNOWN.get(at).map(|(_, names)| *names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn images() {
        assert!(KNOWN.is_sorted());
        let of = |text: &str| of(&ImageReference::parse(text));
        assert_eq!(of("docker.io/library/golang:1.25"), Some(&["GOLANG_VERSION", "GOPATH", "GOTOOLCHAIN"] as &[&str]));
        assert_eq!(of("arm32v7/debian"), Some(&[] as &[&str]));
        assert_eq!(of("example/debian"), None);
    }
}
