//! Keys: made, opened, and used to sign.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha512};
use tallyproof_evidence::checkpoint::SignedCheckpoint;
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::ssh::{self, KeyPair, PublicKey, Signer};
use tallyproof_evidence::statement::{Change, SignedStatement, Statement};
use zeroize::Zeroizing;

use crate::store::open_named;
use crate::trouble::{KeyTrouble, Outcome, Trouble};

/// Most bytes read of a key, a checkpoint or a statement; what each may have at most is its reader's rule.
const LARGEST: u64 = 1024 * 1024;

/// Which key signs.
#[derive(Clone, Debug)]
pub enum Choice {
    /// One in an OpenSSH private key file.
    File {
        /// The file.
        path: PathBuf,
        /// Where its passphrase comes from, should it need one.
        passphrase: Passphrase,
    },
    /// One that the SSH agent holds.
    Agent {
        /// Which, as `SHA256:…`; its only one when not named.
        fingerprint: Option<String>,
    },
}

/// Where a passphrase comes from.
#[derive(Clone)]
pub enum Passphrase {
    /// Typed on the terminal, unseen, after these words.
    Ask(String),
    /// The first line of a file.
    File(PathBuf),
    /// Given already.
    Given(Zeroizing<String>),
}

/// Whether a key file asks for a passphrase.
pub fn is_locked(path: &Path) -> Outcome<bool> {
    Ok(ssh::is_encrypted(&read_text(path)?).map_err(KeyTrouble::of(path.display().to_string()))?)
}

/// The key that signs, ready to. Fails when its file or the agent cannot be used; asks for a passphrase only when
/// the file needs one.
pub fn signer(choice: &Choice) -> Outcome<Box<dyn Signer>> {
    match choice {
        Choice::File { path, passphrase } => Ok(Box::new(key_pair(path, passphrase)?)),
        Choice::Agent { fingerprint } => agent(fingerprint.as_deref()),
    }
}

/// The key in a file. Asks for a passphrase only when the file needs one.
pub fn key_pair(path: &Path, passphrase: &Passphrase) -> Outcome<KeyPair> {
    let file = read_text(path)?;
    let unsound = || KeyTrouble::of(path.display().to_string());
    let is_locked = ssh::is_encrypted(&file).map_err(unsound())?;
    let passphrase = if is_locked { Some(passphrase.get()?) } else { None };
    let given = passphrase.as_ref().map(|passphrase| passphrase.as_str());
    Ok(KeyPair::from_openssh(&file, given).map_err(unsound())?)
}

#[cfg(unix)]
fn agent(fingerprint: Option<&str>) -> Outcome<Box<dyn Signer>> {
    use std::os::unix::net::UnixStream;
    use tallyproof_evidence::ssh::Agent;
    let socket = std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
    let socket = PathBuf::from(socket.ok_or(KeyTrouble::NoAgent)?);
    let unsound = || KeyTrouble::of(socket.display().to_string());
    let connect = || UnixStream::connect(&socket).map_err(Trouble::io(&socket));
    let mut held = Agent::identities(&mut connect()?).map_err(unsound())?;
    held.retain(|identity| fingerprint.is_none_or(|wanted| identity.key.fingerprint() == wanted));
    match (held.as_slice(), fingerprint) {
        ([only], _) => {
            let agent = Agent::with_key(connect()?, &only.key.fingerprint()).map_err(unsound())?;
            Ok(Box::new(agent))
        }
        ([], _) => Err(unsound()(Fault::NotInAgent).into()),
        (several, _) => {
            let known = several.iter().map(|identity| identity.key.fingerprint()).collect();
            Err(KeyTrouble::WhichKey { known }.into())
        }
    }
}

#[cfg(not(unix))]
fn agent(_: Option<&str>) -> Outcome<Box<dyn Signer>> {
    Err(KeyTrouble::NoAgent.into())
}

impl std::fmt::Debug for Passphrase {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Passphrase::Ask(_) => "Ask",
            Passphrase::File(_) => "File",
            Passphrase::Given(_) => "Given",
        })
    }
}

impl Passphrase {
    /// The passphrase. Fails when it is empty, or there is nobody to ask.
    pub fn get(&self) -> Outcome<Zeroizing<String>> {
        let passphrase = match self {
            Passphrase::File(path) => {
                let text = Zeroizing::new(read_text(path)?);
                Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())
            }
            Passphrase::Given(passphrase) => passphrase.clone(),
            Passphrase::Ask(prompt) => {
                if !io::stdin().is_terminal() {
                    return Err(KeyTrouble::NobodyToAsk.into());
                }
                Zeroizing::new(rpassword::prompt_password(prompt).map_err(|_| KeyTrouble::NobodyToAsk)?)
            }
        };
        match self {
            _ if !passphrase.is_empty() => Ok(passphrase),
            Passphrase::File(path) => Err(KeyTrouble::EmptyPassphraseFile(path.clone()).into()),
            _ => Err(KeyTrouble::EmptyPassphrase.into()),
        }
    }
}

/// Makes a key and writes its two files: the private one, which only its owner may read, and the public line in
/// `FILE.pub`. Fails when either is there.
pub fn new_key(path: &Path, comment: &str, passphrase: Option<&str>) -> Outcome<PublicKey> {
    let public = public_path(path);
    if let Some(taken) = [path, public.as_path()].into_iter().find(|path| path.exists()) {
        return Err(KeyTrouble::FileExists(taken.to_owned()).into());
    }
    let (mut seed, mut salt) = (Zeroizing::new([0; 32]), [0; 16]);
    for bytes in [&mut seed[..], &mut salt[..]] {
        let filled = getrandom::fill(bytes);
        filled.map_err(|error| Trouble::Io { path: path.to_owned(), error: io::Error::other(error) })?;
    }
    let pair = KeyPair::from_seed(&seed, comment);
    let locked = pair.to_openssh(passphrase.map(|passphrase| (passphrase, &salt)));
    let file = locked.map_err(KeyTrouble::of(path.display().to_string()))?;
    write_new(path, file.as_bytes(), true)?;
    write_new(&public, format!("{}\n", pair.public_key().line(comment)).as_bytes(), false)?;
    Ok(pair.public_key())
}

/// `FILE.pub`, where OpenSSH looks for a key's public line.
pub fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// The public key in a file, and what the file says about it: a public line, or a private key file, which names its
/// public key in the clear.
pub fn public_key(path: &Path) -> Outcome<(PublicKey, String)> {
    let text = read_text(path)?;
    let unsound = KeyTrouble::of(path.display().to_string());
    if !text.starts_with("-----BEGIN") {
        return Ok(PublicKey::parse_line(&text).map_err(unsound)?);
    }
    let key = ssh::public_key_of(&text).map_err(unsound)?;
    // The comment of a locked file is locked away; ssh-keygen leaves the public line beside it.
    let beside = read_text(&public_path(path)).ok().and_then(|line| PublicKey::parse_line(&line).ok());
    let comment = beside.filter(|(other, _)| *other == key).map(|(_, comment)| comment);
    let own = || KeyPair::from_openssh(&text, None).ok().map(|pair| pair.comment().to_owned());
    Ok((key, comment.or_else(own).unwrap_or_default()))
}

/// Signs a file of any size as `ssh-keygen -Y sign` does; writes the signature to a new file.
pub fn sign_file(file: &Path, namespace: &str, signer: &mut dyn Signer, out: &Path) -> Outcome<()> {
    if out.exists() {
        return Err(KeyTrouble::FileExists(out.to_owned()).into());
    }
    let mut hasher = Sha512::new();
    let mut source = open_named(file).map_err(Trouble::io(file))?;
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match source.read(&mut buffer).map_err(Trouble::io(file))? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    let signature = ssh::sign_sha512(signer, namespace, &hasher.finalize().into());
    let signature = signature.map_err(KeyTrouble::of(file.display().to_string()))?;
    write_new(out, signature.as_bytes(), false)
}

/// What a witness put its name to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cosigned {
    /// A checkpoint, of this size and SHA-256 in hex.
    Checkpoint(u64, String),
    /// A statement about a key.
    Statement,
}

/// Adds a witness's signature to the checkpoint or the statement in a file, which is replaced in one step.
///
/// `name` is the witness's in a checkpoint's signature line; `time_s` are seconds since 1970, the clock's when not
/// given.
pub fn cosign(path: &Path, name: &str, time_s: Option<u64>, signer: &mut dyn Signer) -> Outcome<Cosigned> {
    let text = read_text(path)?;
    let unsound = || KeyTrouble::of(path.display().to_string());
    let (text, done) = if text.starts_with('{') {
        let mut signed = SignedStatement::parse(&text).map_err(unsound())?;
        signed.sign(signer).map_err(unsound())?;
        (signed.to_text().map_err(unsound())?, Cosigned::Statement)
    } else {
        let mut signed = SignedCheckpoint::parse(&text).map_err(unsound())?;
        signed.cosign(name, signer, time_s.unwrap_or_else(now_s)).map_err(unsound())?;
        (signed.to_text(), Cosigned::Checkpoint(signed.checkpoint.size, signed.checkpoint.sha256()))
    };
    replace(path, text.as_bytes())?;
    Ok(done)
}

/// Writes a statement that a key is replaced or lost, whose last good checkpoint is in a file, signed by these.
pub fn state(
    change: Change,
    old: PublicKey,
    new: PublicKey,
    checkpoint: &Path,
    signers: &mut [Box<dyn Signer>],
    out: &Path,
) -> Outcome<Statement> {
    let unsound = || KeyTrouble::of(checkpoint.display().to_string());
    let last = SignedCheckpoint::parse(&read_text(checkpoint)?).map_err(unsound())?.checkpoint;
    let statement = Statement::new(change, old, new, &last);
    let mut signed = SignedStatement::unsigned(statement);
    let unsound = || KeyTrouble::of(out.display().to_string());
    for signer in signers {
        signed.sign(signer.as_mut()).map_err(unsound())?;
    }
    // What is written is read back and checked: one key named twice would be no statement.
    let text = signed.to_text().map_err(unsound())?;
    SignedStatement::parse(&text).and_then(|read| read.check()).map_err(unsound())?;
    write_new(out, text.as_bytes(), false)?;
    Ok(signed.statement)
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A small file as text.
fn read_text(path: &Path) -> Outcome<String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Trouble::io(path))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Trouble::io(path))?;
    let too_large = u64::try_from(bytes.len()).map_or(true, |n| n > LARGEST);
    if too_large {
        let fault = Fault::TooLarge { most: 1024 * 1024 };
        return Err(KeyTrouble::of(path.display().to_string())(fault).into());
    }
    String::from_utf8(bytes)
        .map_err(|_| Trouble::Io { path: path.to_owned(), error: io::ErrorKind::InvalidData.into() })
}

/// Writes a file that must not be there yet; `secret` ones only their owner may read.
fn write_new(path: &Path, bytes: &[u8], secret: bool) -> Outcome<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyTrouble::FileExists(path.to_owned()).into(),
        _ => Trouble::Io { path: path.to_owned(), error },
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Trouble::io(path))
}

/// Replaces a file in one step.
fn replace(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written =
        File::create(&part).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(Trouble::io(&part))?;
    std::fs::rename(&part, path).map_err(Trouble::io(path))
}
