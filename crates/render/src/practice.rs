//! An invented election with invented people, parties and places, one sheet a seed: for corpora and training.
//!
//! Its ballot has the shape of Venezuela's in 2024 (38 lines under 10 selections), its payload the same grammar;
//! no name in it is real.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::face::{Group, Line, SheetFace};

/// Parties of each selection in ballot order; 38 in all.
pub const PARTIES: [&[&str]; 10] = [
    &[
        "FARO", "RIO", "CEDRO", "PLAZA", "PNR", "UDM", "ALBA 10", "MCS", "TRIGO", "PEL", "ANDAR", "MVR-S",
        "FUTURO",
    ],
    &["LUZ", "PINO", "MTA", "CRC", "NORTE", "AVE"],
    &["EL SENDERO"],
    &["PS", "VIA", "UMC", "MPD"],
    &["AR", "MONTE", "CIMA", "FLR", "PUENTE DEL SUR", "MAR UNIDO"],
    &["SAL"],
    &["VDA", "ARENA"],
    &["UNC", "MPP", "MIRA"],
    &["CENTRO VIVO"],
    &["NIDO"],
];
const FIRST: [&str; 12] = [
    "ALMA", "BRUNO", "CELIA", "DARÍO", "ELENA", "FABIÁN", "GLORIA", "HÉCTOR", "INÉS", "JULIÁN", "LAURA",
    "MATEO",
];
const LAST: [&str; 12] = [
    "ACUÑA",
    "BELLO",
    "CÁRDENAS",
    "DUQUE",
    "ESPINA",
    "FARÍAS",
    "GÜERERE",
    "HIDALGO",
    "IBÁÑEZ",
    "LUGO",
    "MÉNDEZ",
    "NÚÑEZ",
];
const PLACES: [&str; 8] = [
    "LLANO VERDE",
    "PUERTO ALTO",
    "SAN ONOFRE",
    "LA PEÑA",
    "RÍO MANSO",
    "EL ROBLE",
    "CAÑAVERAL",
    "DOS VALLES",
];

/// A sheet and what is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specimen {
    /// What is printed. Figures are named `centro`, `mesa`, `cand0`…, `p0`…, `validos`, `nulos`, `escrutados`.
    pub face: SheetFace,
    /// The code's text.
    pub payload: String,
    /// Votes per line.
    pub votes: Vec<u32>,
    /// Null votes.
    pub null: u32,
    /// Valid votes.
    pub valid: u32,
}

/// The invented sheet of `seed`.
pub fn specimen(seed: u64) -> Specimen {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let votes = votes(&mut chance);
    let (valid, null) = (votes.iter().sum::<u32>(), chance.below(9));
    let centre = format!(
        "{:02}{:02}{:02}{:03}",
        1 + chance.below(24),
        1 + chance.below(20),
        1 + chance.below(9),
        1 + chance.below(99)
    );
    let table = format!("{:02}", 1 + chance.below(12));
    let lines: Vec<String> = votes.iter().map(u32::to_string).collect();
    let payload = format!("{centre}.{table}.1.{:04}!{}!{null}!0", 1 + chance.below(9999), lines.join(","));
    let place = |chance: &mut Chance| chance.pick(&PLACES).to_string();
    let header = vec![
        Line::new("", "ESTADO", place(&mut chance)),
        Line::new("", "MUNICIPIO", place(&mut chance)),
        Line::new("", "PARROQUIA", place(&mut chance)),
        Line::new("centro", "CENTRO", centre),
        Line::new("", "NOMBRE", format!("ESCUELA {}", place(&mut chance))),
        Line::new("mesa", "MESA", table),
        Line::new("", "ELECTORES", (valid + null + 20 + chance.below(300)).to_string()),
    ];
    let closing = vec![format!("FECHA 30-02-2031  HORA {:02}:{:02}", 18 + chance.below(5), chance.below(60))];
    let face = SheetFace {
        title: vec!["CONSEJO DE PRÁCTICA".into(), "ACTA DE ESCRUTINIO".into()],
        hash: chance.hex(20),
        header,
        groups: groups(&votes, &mut chance),
        totals: vec![
            Line::new("validos", "TOTAL VOTOS VÁLIDOS", valid.to_string()),
            Line::new("nulos", "TOTAL VOTOS NULOS", null.to_string()),
            Line::new("escrutados", "TOTAL VOTOS ESCRUTADOS", (valid + null).to_string()),
        ],
        closing,
        signatures_caption: "FIRMAS DE LOS MIEMBROS".into(),
        code_caption: "CÓDIGO DE VALIDACIÓN".into(),
        code: payload.clone().into_bytes(),
        authentication: chance.hex(32),
    };
    Specimen { face, payload, votes, null, valid }
}

fn groups(votes: &[u32], chance: &mut Chance) -> Vec<Group> {
    let mut next = 0;
    let mut groups = Vec::new();
    for (selection, parties) in PARTIES.iter().enumerate() {
        let name = format!("{} {}", chance.pick(&FIRST), chance.pick(&LAST));
        let range = next..next + parties.len();
        let total: u32 = votes[range.clone()].iter().sum();
        let line = |(i, party): (usize, &&str)| Line::new(format!("p{i}"), *party, votes[i].to_string());
        groups.push(Group {
            total: Line::new(format!("cand{selection}"), name, total.to_string()),
            lines: range.clone().zip(*parties).map(line).collect(),
        });
        next = range.end;
    }
    groups
}

/// Two lines take most votes, the others a few each.
fn votes(chance: &mut Chance) -> Vec<u32> {
    let mut votes: Vec<u32> = (0..38)
        .map(|_| match chance.below(10) {
            0..6 => 0,
            6..9 => 1 + chance.below(4),
            _ => 1 + chance.below(60),
        })
        .collect();
    votes[0] = 20 + chance.below(240);
    votes[35] = 60 + chance.below(420);
    votes
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, n: u32) -> u32 {
        self.0.next_u32() % n
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.0.next_u32() as usize % choices.len()]
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789ABCDEF"[self.below(16) as usize])).collect()
    }
}
