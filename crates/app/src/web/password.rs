//! Hashing passwords: argon2id, two at a time, so that signing in cannot take the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::refusal::Refusal;
use super::secret;
use crate::trouble::{DeskTrouble, Outcome};

/// Hashes at once: each takes 19 MiB and a core for some 20 ms (argon2's defaults: 19 456 KiB, 2 passes; OWASP
/// Password Storage Cheat Sheet).
const AT_ONCE: usize = 2;

/// Most that wait for their turn.
const MOST_WAITING: usize = 64;

/// Fewest characters of a password (NIST SP 800-63B-4, 3.1.1.2 asks for 8 beside another factor and 15 alone; a desk
/// behind growing delays takes 12).
pub(super) const SHORTEST: usize = 12;

/// Most bytes of a password.
pub(super) const LONGEST: usize = 512;

/// Where passwords are hashed.
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    n_waiting: AtomicUsize,
    /// Hash of nothing anybody knows: what a name is compared with that nobody has.
    decoy: String,
}

impl Passwords {
    /// Ready to hash.
    pub(super) fn new() -> Outcome<Self> {
        let decoy = hash(&secret::token()?)?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), n_waiting: AtomicUsize::new(0), decoy })
    }

    /// The hash of a password, to be kept.
    pub(super) async fn hash(&self, password: String) -> Result<String, Refusal> {
        let password = Zeroizing::new(password);
        Ok(self.in_turn(move || hash(&password)).await??)
    }

    /// Whether a password is the one with this hash; without a hash it is not, after as long.
    pub(super) async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        let password = Zeroizing::new(password);
        let is_known = hash.is_some();
        let against = hash.unwrap_or_else(|| self.decoy.clone());
        let does = self.in_turn(move || {
            PasswordHash::new(&against)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(does.await? && is_known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let waiting = Waiting::of(&self.n_waiting).ok_or(Refusal::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Refusal::Busy)?;
        drop(waiting);
        // The turn goes with the work: a browser that hangs up frees it only when the work has ended.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| Refusal::Broken)
    }
}

/// A place among those that wait.
struct Waiting<'n>(&'n AtomicUsize);

impl<'n> Waiting<'n> {
    fn of(n: &'n AtomicUsize) -> Option<Self> {
        let place = Waiting(n);
        (n.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(password: &str) -> Outcome<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| DeskTrouble::System(error.to_string()))?.to_string())
}

/// Code of why a password will not do; `None` where it will.
pub(super) fn why_not(password: &str, again: &str, login: &str) -> Option<&'static str> {
    let n_different = password.chars().collect::<std::collections::BTreeSet<_>>().len();
    match () {
        () if password.len() > LONGEST => Some("long"),
        () if password.chars().count() < SHORTEST => Some("short"),
        () if n_different < 5 => Some("plain"),
        () if !login.is_empty()
            && password.to_lowercase().contains(login)
            && password.len() < 2 * login.len() + 8 =>
        {
            Some("login")
        }
        () if password != again => Some("differ"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_argon2id_with_no_less_than_19_mib() {
        let text = hash("correct horse battery").unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
    }

    #[tokio::test]
    async fn as_many_wait_as_may_and_who_gives_up_leaves_a_place() {
        let passwords = Arc::new(Passwords::new().unwrap());
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let at_work = || {
            let (passwords, gate) = (Arc::clone(&passwords), Arc::clone(&gate));
            tokio::spawn(async move {
                passwords.in_turn(move || gate.lock().unwrap().recv().is_ok()).await.is_ok()
            })
        };
        let n_waiting = || passwords.n_waiting.load(Ordering::Relaxed);
        let until = async |n: usize| {
            while n_waiting() != n || passwords.turns.available_permits() > 0 {
                tokio::task::yield_now().await;
            }
        };
        let working: Vec<_> = (0..AT_ONCE).map(|_| at_work()).collect();
        until(0).await;
        let waiting: Vec<_> = (0..MOST_WAITING).map(|_| at_work()).collect();
        until(MOST_WAITING).await;
        // One more is refused, and its refusal takes no place.
        assert!(matches!(passwords.in_turn(|| ()).await, Err(Refusal::Busy)));
        assert!(matches!(passwords.matches("x".into(), None).await, Err(Refusal::Busy)));
        assert_eq!(n_waiting(), MOST_WAITING);
        // A browser that hangs up.
        waiting[0].abort();
        until(MOST_WAITING - 1).await;
        let late = at_work();
        until(MOST_WAITING).await;
        (0..AT_ONCE + MOST_WAITING).for_each(|_| open.send(()).unwrap());
        for done in working.into_iter().chain(waiting.into_iter().skip(1)).chain([late]) {
            assert!(done.await.unwrap());
        }
        assert_eq!((n_waiting(), passwords.turns.available_permits()), (0, AT_ONCE));
    }

    #[test]
    fn passwords_that_will_not_do() {
        let why = |password: &str| why_not(password, password, "ana.perez");
        assert_eq!(why("short"), Some("short"));
        assert_eq!(why("aaaaaaaaaaaaaaaa"), Some("plain"));
        assert_eq!(why(&"long and ".repeat(100)), Some("long"));
        assert_eq!(why("ana.perez12345"), Some("login"));
        assert_eq!(why_not("una frase que recuerdo", "otra", "ana"), Some("differ"));
        assert_eq!(why("una frase que recuerdo"), None);
    }
}
