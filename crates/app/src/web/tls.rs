//! Certificates of a desk on a local network: an authority of its own, kept in the folder.

use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use tallyproof_core::journal::sha256_hex;

use crate::trouble::{DeskTrouble, Outcome, Trouble};

/// How long a server's certificate holds, days: browsers take 825 at most of an authority that a person installed
/// (support.apple.com/103769).
const SERVER_DAYS: i64 = 397;

/// It is made anew so many days before its end.
const RENEWED_DAYS: i64 = 30;

/// How far back certificates begin, days: clocks on a network without the internet differ.
const EARLIER_DAYS: i64 = 30;

/// How long the authority holds, years.
const AUTHORITY_YEARS: i64 = 10;

/// Names of local networks (RFC 6761, RFC 6762, RFC 8375, and what routers use).
const LOCAL_NAMES: [&str; 6] = ["localhost", "local", "lan", "home.arpa", "internal", "home"];

/// Addresses of local networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291).
const LOCAL_NETWORKS: [(&str, u8); 8] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];

/// A certificate with its key, as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate, PEM.
    pub cert: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// The authority's certificate, which other machines are to trust; `None` for a certificate of the user's.
    pub authority: Option<PathBuf>,
}

/// The certificate of the local authority for these host names, made where there is none that will do.
///
/// The authority may speak for local names and addresses and those of `hosts` when it was made, for nothing else:
/// whoever takes its key from this machine cannot pass for a bank on machines that trust it.
pub fn local(dir: &Path, hosts: &[String], today: Date) -> Outcome<Certificate> {
    fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    let authority = dir.join("authority.pem");
    let key = authority_key(dir, hosts, today)?;
    let spoken_for = dir.join("authority-names.txt");
    let names = fs::read_to_string(&spoken_for).map_err(Trouble::io(&spoken_for))?;
    let outside = hosts.iter().find(|host| !is_spoken_for(host, &names));
    if let Some(host) = outside {
        let detail = format!("not made for {host}");
        return Err(DeskTrouble::Certificate { path: authority, detail }.into());
    }
    let certificate = Certificate {
        cert: dir.join("server.pem"),
        key: dir.join("server-key.pem"),
        authority: Some(authority),
    };
    let note = dir.join("server-names.txt");
    let until = today.saturating_add(SERVER_DAYS.days());
    let is_current = fs::read_to_string(&note).is_ok_and(|text| is_current(&text, hosts, today));
    if !(is_current && certificate.cert.is_file() && certificate.key.is_file()) {
        let server = KeyPair::generate().map_err(failed(&certificate.key))?;
        let params = server_params(hosts, today, until).map_err(failed(&certificate.cert))?;
        let issuer = Issuer::new(authority_params(&key, hosts, today).map_err(failed(dir))?, key);
        let signed = params.signed_by(&server, &issuer).map_err(failed(&certificate.cert))?;
        write(&certificate.key, &server.serialize_pem(), true)?;
        write(&certificate.cert, &signed.pem(), false)?;
        write(&note, &format!("{until}\n{}\n", hosts.join("\n")), false)?;
    }
    Ok(certificate)
}

/// The authority's key, kept or made together with its certificate.
fn authority_key(dir: &Path, hosts: &[String], today: Date) -> Outcome<KeyPair> {
    let path = dir.join("authority-key.pem");
    if dir.join("authority.pem").is_file() {
        let pem = fs::read_to_string(&path).map_err(Trouble::io(&path))?;
        return Ok(KeyPair::from_pem(&pem).map_err(failed(&path))?);
    }
    let key = KeyPair::generate().map_err(failed(&path))?;
    let params = authority_params(&key, hosts, today).map_err(failed(&path))?;
    let signed = params.self_signed(&key).map_err(failed(&path))?;
    write(&path, &key.serialize_pem(), true)?;
    write(&dir.join("authority-names.txt"), &format!("{}\n", hosts.join("\n")), false)?;
    // Last: the authority is there when its certificate is.
    write(&dir.join("authority.pem"), &signed.pem(), false)?;
    Ok(key)
}

fn authority_params(key: &KeyPair, hosts: &[String], today: Date) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    // From the key alone: whoever signs later must write the same name.
    let mark: String = sha256_hex(key.public_key_raw()).chars().take(8).collect();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("tallyproof desk {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees: subtrees(hosts), excluded_subtrees: Vec::new() });
    let until = today.saturating_add(AUTHORITY_YEARS.years());
    set_days(&mut params, today.saturating_sub(EARLIER_DAYS.days()), until);
    Ok(params)
}

fn server_params(hosts: &[String], today: Date, until: Date) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = hosts.iter().map(|host| bare(host).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "tallyproof desk");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_days(&mut params, today.saturating_sub(EARLIER_DAYS.days()), until);
    Ok(params)
}

/// What the authority may speak for.
fn subtrees(hosts: &[String]) -> Vec<GeneralSubtree> {
    let local = LOCAL_NAMES.map(|name| GeneralSubtree::DnsName(name.to_owned())).into_iter();
    let networks = LOCAL_NETWORKS.iter().filter_map(|(net, prefix)| {
        Some(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(net.parse().ok()?, *prefix)))
    });
    let own = hosts.iter().map(|host| match bare(host).parse::<IpAddr>() {
        Ok(ip) => {
            let prefix = if ip.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, prefix))
        }
        Err(_) => GeneralSubtree::DnsName(host.clone()),
    });
    local.chain(networks).chain(own).collect()
}

/// Whether the authority may speak for a host: a local one, or one of `names`, for which it was made.
fn is_spoken_for(host: &str, names: &str) -> bool {
    if names.lines().any(|name| name == host) {
        return true;
    }
    match bare(host).parse::<IpAddr>() {
        Ok(ip) => LOCAL_NETWORKS.iter().any(|(net, prefix)| is_within(ip, net, *prefix)),
        Err(_) => LOCAL_NAMES
            .iter()
            .any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))),
    }
}

fn is_within(ip: IpAddr, network: &str, prefix: u8) -> bool {
    match (ip, network.parse::<IpAddr>()) {
        (IpAddr::V4(ip), Ok(IpAddr::V4(net))) => {
            let shift = 32u32.saturating_sub(prefix.into());
            ip.to_bits().checked_shr(shift) == net.to_bits().checked_shr(shift)
        }
        (IpAddr::V6(ip), Ok(IpAddr::V6(net))) => {
            let shift = 128u32.saturating_sub(prefix.into());
            ip.to_bits().checked_shr(shift) == net.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}

fn is_current(note: &str, hosts: &[String], today: Date) -> bool {
    let mut lines = note.lines();
    let until = lines.next().and_then(|line| line.parse::<Date>().ok());
    let is_young = until.is_some_and(|until| {
        let left = until.saturating_sub(RENEWED_DAYS.days());
        // A clock that was set back makes certificates of the future; they are made anew too.
        left > today && until <= today.saturating_add(SERVER_DAYS.days())
    });
    is_young && lines.eq(hosts.iter().map(String::as_str))
}

/// An address without the brackets that it has in a host.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Sets from when to when a certificate holds.
fn set_days(params: &mut CertificateParams, from: Date, until: Date) {
    let part = |n: i8| u8::try_from(n).unwrap_or(1);
    let day = |date: Date| date_time_ymd(date.year().into(), part(date.month()), part(date.day()));
    (params.not_before, params.not_after) = (day(from), day(until));
}

fn failed(path: &Path) -> impl FnOnce(rcgen::Error) -> DeskTrouble + '_ {
    move |error| DeskTrouble::Certificate { path: path.to_owned(), detail: error.to_string() }
}

/// Writes a file whole or not at all; a secret one for its owner's eyes only.
fn write(path: &Path, text: &str, secret: bool) -> Outcome<()> {
    let part = path.with_extension("part");
    let written = create(&part, secret).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(Trouble::io(&part))?;
    fs::rename(&part, path).map_err(Trouble::io(path))
}

fn create(path: &Path, secret: bool) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_speaks_for_local_names_and_those_it_was_made_for() {
        let made_for = "desk.example\n203.0.113.7\n";
        for host in
            ["localhost", "desk.lan", "127.0.0.1", "192.168.7.9", "[::1]", "[fd00::1]", "desk.example"]
        {
            assert!(is_spoken_for(host, made_for), "{host}");
        }
        for host in ["example", "other.example", "notlan", "203.0.113.8", "[2001:db8::1]", "172.32.0.1"] {
            assert!(!is_spoken_for(host, made_for), "{host}");
        }
    }

    #[test]
    fn a_certificate_is_made_anew_before_its_end_and_for_other_names() {
        let hosts = ["localhost".to_owned()];
        let today: Date = "2024-07-28".parse().unwrap();
        assert!(is_current("2024-12-01\nlocalhost\n", &hosts, today));
        for other in
            ["2024-08-20\nlocalhost\n", "2024-12-01\nlocalhost\ndesk.lan\n", "2034-12-01\nlocalhost\n", ""]
        {
            assert!(!is_current(other, &hosts, today), "{other}");
        }
    }
}
