//! Guessing passwords gets slow: growing delays by the name tried and by the address it comes from.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use super::clock::Moment;
use super::secret;

/// Tries of one name before there is a delay.
const FREE_OF_NAME: u32 = 5;

/// Tries from one address before there is a delay: a team may share one.
const FREE_OF_ADDRESS: u32 = 30;

/// Longest delay, seconds: long enough against guessing, short enough that nobody can lock another out for a day.
const LONGEST_DELAY_S: i64 = 300;

/// After so long without a try, all is forgotten, seconds.
const FORGOTTEN_S: i64 = 3600;

/// Most names, and most addresses, that are remembered.
const MOST_REMEMBERED: usize = 8192;

/// Tries to sign in, lately.
#[derive(Default)]
pub(super) struct Throttle {
    tries: Mutex<(Tries<String>, Tries<IpAddr>)>,
}

struct Tries<K>(HashMap<K, Tried>);

impl<K> Default for Tries<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

struct Tried {
    n: u32,
    last: Moment,
}

impl Throttle {
    /// Notes a try before it is known how it ends, so that many at once do not slip through. When it must wait, gives
    /// for how many seconds.
    pub(super) fn attempt(&self, login: &str, address: IpAddr, now: Moment) -> Result<(), i64> {
        let mut tries = self.tries.lock().expect("no panic while tries are held");
        let (names, addresses) = &mut *tries;
        let (name, address) = (secret::kept(login), network(address));
        let wait_s =
            names.wait_s(&name, FREE_OF_NAME, now).max(addresses.wait_s(&address, FREE_OF_ADDRESS, now));
        if wait_s > 0 {
            return Err(wait_s);
        }
        names.note(name, now);
        addresses.note(address, now);
        Ok(())
    }

    /// Forgets the tries of a name whose owner signed in, and takes this one back from its address.
    pub(super) fn succeeded(&self, login: &str, address: IpAddr) {
        let mut tries = self.tries.lock().expect("no panic while tries are held");
        tries.0.0.remove(&secret::kept(login));
        if let Some(tried) = tries.1.0.get_mut(&network(address)) {
            tried.n = tried.n.saturating_sub(1);
        }
    }
}

impl<K: Hash + Eq + Clone> Tries<K> {
    fn wait_s(&self, key: &K, free: u32, now: Moment) -> i64 {
        let Some(tried) = self.0.get(key).filter(|tried| age_s(tried, now) < FORGOTTEN_S) else {
            return 0;
        };
        let Some(over) = tried.n.checked_sub(free) else { return 0 };
        let delay_s = 1i64.checked_shl(over + 1).unwrap_or(i64::MAX).clamp(1, LONGEST_DELAY_S);
        delay_s.saturating_sub(age_s(tried, now)).max(0)
    }

    fn note(&mut self, key: K, now: Moment) {
        if self.0.len() >= MOST_REMEMBERED && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let tried = self.0.entry(key).or_insert(Tried { n: 0, last: now });
        if age_s(tried, now) >= FORGOTTEN_S {
            tried.n = 0;
        }
        // More counts for nothing past the longest delay.
        tried.n = (tried.n + 1).min(64);
        tried.last = now;
    }

    /// Forgets the old, and if that is not enough those tried least: a flood of names must not wash out the one that
    /// is being guessed.
    fn make_room(&mut self, now: Moment) {
        self.0.retain(|_, tried| age_s(tried, now) < FORGOTTEN_S);
        if self.0.len() < MOST_REMEMBERED {
            return;
        }
        let mut all: Vec<(u32, i64, K)> =
            self.0.iter().map(|(key, tried)| (tried.n, tried.last.run_s, key.clone())).collect();
        all.sort_by_key(|(n, last, _)| (*n, *last));
        for (_, _, key) in all.into_iter().take(MOST_REMEMBERED / 4) {
            self.0.remove(&key);
        }
    }
}

/// Seconds since the last try: by the clock that only goes forward, so that setting the wall clock shortens nothing.
fn age_s(tried: &Tried, now: Moment) -> i64 {
    now.run_s.saturating_sub(tried.last.run_s)
}

/// The network that one person holds: of IPv6 a /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(run_s: i64) -> Moment {
        Moment { run_s, wall_s: run_s }
    }

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[test]
    fn delays_grow_and_end() {
        let throttle = Throttle::default();
        for _ in 0..FREE_OF_NAME {
            throttle.attempt("ana", address(1), at(0)).unwrap();
        }
        assert_eq!(throttle.attempt("ana", address(2), at(0)), Err(2));
        assert_eq!(throttle.attempt("eva", address(1), at(0)), Ok(()));
        // A wall clock set forward shortens nothing.
        assert_eq!(throttle.attempt("ana", address(2), Moment { run_s: 0, wall_s: 1000 }), Err(2));
        let mut now = 2;
        for delay in [4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(throttle.attempt("ana", address(2), at(now)), Ok(()), "{now}");
            assert_eq!(throttle.attempt("ana", address(3), at(now)), Err(delay));
            now += delay;
        }
        throttle.succeeded("ana", address(3));
        assert_eq!(throttle.attempt("ana", address(3), at(now)), Ok(()));
    }

    #[test]
    fn addresses_are_slowed_too_and_memory_is_bounded() {
        let throttle = Throttle::default();
        for i in 0..FREE_OF_ADDRESS {
            throttle.attempt(&i.to_string(), address(1), at(0)).unwrap();
        }
        assert!(throttle.attempt("another", address(1), at(0)).is_err());
        for _ in 0..FREE_OF_NAME {
            throttle.attempt("ana", address(2), at(0)).unwrap();
        }
        for i in 0..20_000u32 {
            throttle.attempt(&format!("x{i}"), address(1000 + i), at(1)).unwrap();
        }
        let tries = throttle.tries.lock().unwrap();
        assert!(tries.0.0.len() <= MOST_REMEMBERED && tries.1.0.len() <= MOST_REMEMBERED);
        drop(tries);
        assert!(throttle.attempt("ana", address(3), at(1)).is_err());
    }

    #[test]
    fn one_network_is_one_address() {
        let v6 = |text: &str| network(text.parse().unwrap());
        assert_eq!(v6("2001:db8::1"), v6("2001:db8::ffff:1"));
        assert_ne!(v6("2001:db8:0:1::1"), v6("2001:db8::1"));
        assert_eq!(v6("::ffff:192.0.2.1"), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
