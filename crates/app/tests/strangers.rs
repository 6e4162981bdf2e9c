//! Pictures that are no sheet, through the whole chain: none counts for anything.

use tallyproof::pipeline::weights::Weights;
use tallyproof::pipeline::{load, read};
use tallyproof_core::facts::{Facts, ImageReading, Standing};
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::sheet::{Channel, Reading, SheetStatus};
use tallyproof_render::Stranger;

use crate::practice;

/// Pictures of each kind, with seeds of their own.
const SEEDS: std::ops::Range<u64> = 100..103;

#[test]
fn strangers_are_faults_or_at_most_a_job_for_people() {
    let pack = Pack::parse("practice", &practice::toml()).unwrap();
    let weights = Weights::shipped();
    println!("kind               pictures  by code  by print  definitive");
    let mut wrong = Vec::new();
    for kind in Stranger::ALL {
        let (mut coded, mut printed, mut definitive) = (0, 0, 0);
        for seed in SEEDS {
            let body = read::look_at(&pack, &weights, &kind.photograph(seed).unwrap().to_jpeg());
            let Ok(load::Seen { channel, table, values, print, unread }) = load::outcome(&pack, &body) else {
                continue;
            };
            *(if channel == Channel::Print { &mut printed } else { &mut coded }) += 1;
            let reading = Reading { table, values, image: Some("stranger".into()), line: 0 };
            let image = ImageReading {
                source: "strangers".into(),
                channel,
                standing: Standing::Unreviewed,
                reading,
                print,
                unread,
            };
            let facts = Facts::new(pack.clone(), None, Vec::new()).with_images(vec![image], Vec::new(), 0);
            let stands = reconcile(&facts).iter().any(|sheet| sheet.status == SheetStatus::Definitive);
            definitive += usize::from(stands);
            if stands || channel != Channel::Print {
                wrong.push((kind, seed, body["payload"].clone()));
            }
        }
        let n = SEEDS.end - SEEDS.start;
        println!("{:18} {n:8} {coded:8} {printed:9} {definitive:11}", format!("{kind:?}"));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
