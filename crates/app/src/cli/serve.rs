//! `tallyproof serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{note, print};
use super::{Context, Ended};
use crate::web::door::DoorSettings;
use crate::web::{Options, Ready, Tls, serve};

/// Run the desk: a website for the team that types, checks and decides.
///
/// The first start prints a link that makes the first administrator, who makes everybody else's account at the desk.
/// Without a certificate the desk is reached from this machine alone. It ends with Ctrl-C; nothing is lost.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof serve                                        on this machine, http://127.0.0.1:8080
  tallyproof serve --listen 0.0.0.0:8443 --host 192.168.1.20 --tls-local
                                                          for the local network, with an authority of its own
  tallyproof serve --listen 0.0.0.0:443 --host desk.example.org --tls-cert cert.pem --tls-key key.pem
  tallyproof serve --key press.key --backup-to /media/disk/ve24-backup
                                                          publish and back up from the desk
  tallyproof serve --new-password ana                     a link for somebody who forgot hers")]
pub(super) struct Serve {
    /// Listen at this address and port; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// A name or address by which others reach this machine; may be given several times.
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,

    /// Make a certificate by an authority of this folder's own, kept in DIR/tls/.
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    tls_local: bool,

    /// Certificate to serve with, PEM, with those between it and the root.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Its key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Sign out whoever has done nothing for so long.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=720))]
    idle_minutes: u32,

    /// Print a link by which somebody sets a new password, by the name to sign in with.
    #[arg(long, value_name = "LOGIN")]
    new_password: Option<String>,

    /// Sign bundles made at the desk with this key file; its passphrase is asked for on the page.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Back up to this folder or .zip file when the page is asked to; else a backup is one file to fetch.
    #[arg(long, value_name = "DIR|FILE")]
    backup_to: Option<PathBuf>,

    /// Images read at once in the background; one less than there are processors by default.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

impl Serve {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Tls::Files { cert: cert.clone(), key: key.clone() },
            _ if self.tls_local => Tls::Local,
            _ => Tls::None,
        };
        let options = Options {
            listen: self.listen,
            tls,
            hosts: self.hosts.clone(),
            idle_minutes: self.idle_minutes,
            new_password: self.new_password.clone(),
            door: DoorSettings {
                key: self.key.clone(),
                backup_to: self.backup_to.clone(),
                jobs: self.jobs.map(|jobs| jobs.clamp(1, 256)),
                ..DoorSettings::default()
            },
        };
        serve(&context.folder, &options, |ready| tell(context, ready))?;
        note(&context.words.say("serve-ended"));
        Ok(ExitCode::SUCCESS)
    }
}

/// What whoever started the desk needs: addresses on stdout, what they are for on stderr.
fn tell(context: &Context, ready: &Ready) {
    let words = &context.words;
    note(&words.say("serve-ready"));
    print(&format!("{}\n", ready.address));
    for (link, key) in [(&ready.first, "serve-first"), (&ready.password, "serve-password")] {
        if let Some(link) = link {
            note(&words.say(key));
            print(&format!("{link}\n"));
        }
    }
    if let Some(authority) = &ready.authority {
        note(&words.tell("serve-authority", &[("path", authority.display().to_string())]));
    }
    note(&words.say("serve-end"));
}
