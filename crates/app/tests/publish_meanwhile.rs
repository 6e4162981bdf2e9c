//! Publishing while others write: what is published is one state of the journal, and verifies.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tallyproof::pipeline::bundle::{ImageRequest, Images, Publication, derive, publish};
use tallyproof::pipeline::intake::{Sent, take_in};
use tallyproof::pipeline::weights::Weights;
use tallyproof::pipeline::workers::Eyes;
use tallyproof::pipeline::{election, keys, load};
use tallyproof::store::Access;

use crate::bad_tables::HEADER;
use crate::support::{Temp, journal_is_sound, new_folder, run, run_in};

#[test]
fn what_is_published_is_one_state_however_much_is_written_meanwhile() {
    let temp = Temp::new();
    let folder = new_folder(&temp, "work", "costa-serena-2031");
    let table =
        temp.write("table.csv", format!("{HEADER}P1-01-001,100,90,20,10,2\nP1-01-002,80,90,20,10,1\n"));
    run_in(&folder, &["import", table.to_str().unwrap(), "--source", "party"]).ends(0);
    let key = temp.join("press.key");
    keys::new_key(&key, "press", None).unwrap();
    let (store, loaded) = election::open(&folder, Access::Write).unwrap();
    let done = AtomicBool::new(false);
    let mut bundles = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0u32;
            while !done.load(Ordering::Relaxed) {
                let name = format!("p{n}.jpg");
                let path = temp.write(&name, [b"\xff\xd8\xff".as_slice(), &n.to_le_bytes()].concat());
                take_in(&store, &[Sent { path: &path, name: &name }], "phones", "P002").unwrap();
                n += 1;
            }
            assert!(n > 3, "nobody wrote meanwhile");
        });
        for n in 0..3 {
            let weights = Weights::of(&store).unwrap();
            let eyes = Eyes::Here(&loaded.pack, &weights);
            let request = ImageRequest { images: Images::None, set_aside: &[], jobs: 1 };
            let ledger = load::ledger(&store).unwrap();
            let images = derive(&store, &loaded.pack, &ledger, &eyes, &request, &|_, _| {}).unwrap();
            let choice =
                keys::Choice::File { path: key.clone(), passphrase: keys::Passphrase::Ask(String::new()) };
            let mut signers = vec![keys::signer(&choice).unwrap()];
            let out = temp.join(format!("bundle{n}"));
            let publication =
                Publication { out: &out, proofs: true, statements: &[], images: &images, principal: "press" };
            // It verifies what it wrote before it gives it its name.
            let published = publish(&store, &loaded, &publication, &mut signers, &mut |_| {}).unwrap();
            bundles.push((out, published.head.size));
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(bundles.is_sorted_by(|a, b| a.1 < b.1));
    drop(store);
    journal_is_sound(&folder);
    let public = temp.join("press.key.pub");
    for (out, size) in bundles {
        let args = [Path::new("verify"), &out, Path::new("--signer"), &public];
        run(&args).ends(0);
        let lines = std::fs::read_to_string(out.join("data/journal.jsonl")).unwrap();
        assert_eq!(lines.lines().count() as u64, size);
    }
}
