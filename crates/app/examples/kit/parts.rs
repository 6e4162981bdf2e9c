//! What the program is made of, as `cargo metadata` and `Cargo.lock` say it: the bill of materials, and whether every part
//! comes under a licence and from a place that `deny.toml` allows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallyproof_verify::built::TARGET;

/// Packages of the workspace's graph, and what each one needs.
struct Graph {
    packages: BTreeMap<String, Value>,
    needs: BTreeMap<String, Vec<Need>>,
}

/// One package needing another one.
#[derive(Clone)]
struct Need {
    id: String,
    is_normal: bool,
    is_dev: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// What cargo says.
fn cargo(words: &[&str]) -> Result<String, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let asked = Command::new(cargo).args(words).current_dir(root()).output();
    let asked = asked.map_err(|e| format!("cargo {}: {e}", words[0]))?;
    if !asked.status.success() {
        return Err(format!("cargo {}: {}", words[0], String::from_utf8_lossy(&asked.stderr)));
    }
    String::from_utf8(asked.stdout).map_err(|e| e.to_string())
}

impl Graph {
    /// The graph for one platform, with these arguments about features.
    fn of(features: &[&str], platform: &str) -> Result<Self, String> {
        let fixed = ["metadata", "--format-version", "1", "--locked", "--filter-platform", platform];
        let metadata = cargo(&[&fixed[..], features].concat())?;
        let metadata: Value = serde_json::from_str(&metadata).map_err(|e| e.to_string())?;
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let packages =
            list(&metadata["packages"]).into_iter().map(|p| (text(&p, "id").to_owned(), p)).collect();
        let need = |dep: &Value| {
            let kinds = list(&dep["dep_kinds"]);
            Need {
                id: text(dep, "pkg").to_owned(),
                is_normal: kinds.iter().any(|kind| kind["kind"].is_null()),
                is_dev: kinds.iter().all(|kind| kind["kind"] == "dev"),
            }
        };
        let nodes = list(&metadata["resolve"]["nodes"]);
        let needs = nodes
            .iter()
            .map(|node| (text(node, "id").to_owned(), list(&node["deps"]).iter().map(need).collect()))
            .collect();
        Ok(Self { packages, needs })
    }

    /// Everything that a package needs, itself among it, by the needs that `counts` lets count.
    fn reached(&self, from: &str, counts: impl Fn(&Need) -> bool) -> BTreeSet<&str> {
        let Some((from, _)) = self.needs.get_key_value(from) else { return BTreeSet::new() };
        let (mut found, mut next) = (BTreeSet::from([from.as_str()]), vec![from.as_str()]);
        while let Some(id) = next.pop() {
            for need in self.needs.get(id).into_iter().flatten().filter(|need| counts(need)) {
                if found.insert(&need.id) {
                    next.push(&need.id);
                }
            }
        }
        found
    }

    /// Whether a package only runs while the program is built.
    fn is_macro(&self, id: &str) -> bool {
        let targets = self.packages[id]["targets"].as_array().cloned().unwrap_or_default();
        targets.iter().any(|target| target["kind"][0] == "proc-macro")
    }

    /// Without what no build takes up: `cargo metadata` also names parts of features that are never on, `cargo tree` does not.
    fn built(self, features: &[&str], platform: &str) -> Result<Self, String> {
        let fixed =
            ["tree", "--locked", "--package", "tallyproof", "--edges", "normal,build", "--prefix", "none"];
        let listed = cargo(&[&fixed[..], &["--target", platform], features].concat())?;
        let listed: BTreeSet<(&str, &str)> = listed
            .lines()
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?, words.next()?.strip_prefix('v')?))
            })
            .collect();
        let is_listed = |id: &str| {
            let package = &self.packages[id];
            listed.contains(&(text(package, "name"), text(package, "version")))
        };
        let mut needs = BTreeMap::new();
        for (id, all) in self.needs.iter().filter(|(id, _)| is_listed(id)) {
            let kept = all.iter().filter(|need| is_listed(&need.id)).cloned().collect();
            needs.insert(id.clone(), kept);
        }
        Ok(Self { packages: self.packages, needs })
    }

    fn program(&self) -> Result<&str, String> {
        let found = self.packages.iter().find(|(_, package)| text(package, "name") == "tallyproof");
        found.map(|(id, _)| id.as_str()).ok_or_else(|| "no package tallyproof".into())
    }
}

/// Prints the bill of materials of the program in CycloneDX 1.6: the same bytes for the same `Cargo.lock`, features, target
/// and `SOURCE_DATE_EPOCH`.
pub(crate) fn print_bill(features: &str) -> Result<(), String> {
    let target = std::env::var("TARGET").unwrap_or_else(|_| TARGET.into());
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => Some(text.parse().map_err(|_| format!("SOURCE_DATE_EPOCH is no number: {text}"))?),
        Err(_) => None,
    };
    let bill = bill(features, &target, seconds)?;
    println!("{}", serde_json::to_string_pretty(&bill).map_err(|e| e.to_string())?);
    Ok(())
}

/// The bill of materials.
pub(crate) fn bill(features: &str, target: &str, made: Option<i64>) -> Result<Value, String> {
    let features: Vec<String> =
        features.split(',').filter(|f| !f.is_empty()).map(|f| format!("tallyproof/{f}")).collect();
    let arguments: Vec<&str> = features.iter().flat_map(|feature| ["--features", feature.as_str()]).collect();
    let graph = Graph::of(&arguments, target)?.built(&arguments, target)?;
    let program = graph.program()?;
    let runs = graph.reached(program, |need| need.is_normal && !graph.is_macro(&need.id));
    let all = graph.reached(program, |need| !need.is_dev);
    let hashes = checksums()?;
    let mut components = Vec::new();
    for id in all.iter().copied().filter(|&id| id != program) {
        let package = &graph.packages[id];
        let mut component = component(package, "library");
        component["scope"] = json!(if runs.contains(id) { "required" } else { "excluded" });
        if let Some(hash) = hashes.get(&(text(package, "name").into(), text(package, "version").into())) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
        }
        let inside = inside(package)?;
        if !inside.is_empty() {
            component["components"] = json!(inside);
        }
        components.push(component);
    }
    components.sort_by_key(|component| text(component, "bom-ref").to_owned());
    let mut dependencies: Vec<Value> = all
        .iter()
        .map(|&id| {
            let needs = graph.needs.get(id).into_iter().flatten().filter(|need| !need.is_dev);
            let on: BTreeSet<String> = needs.map(|need| reference(&graph.packages[&need.id])).collect();
            json!({ "ref": reference(&graph.packages[id]), "dependsOn": on })
        })
        .collect();
    dependencies.sort_by_key(|entry| text(entry, "ref").to_owned());
    let mut bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(&graph.packages[program], "application"),
            "properties": [
                { "name": "tallyproof:target", "value": target },
                { "name": "tallyproof:features", "value": features.join(",").replace("tallyproof/", "") },
            ],
        },
        "components": components,
        "dependencies": dependencies,
    });
    if let Some(seconds) = made {
        let time = jiff::Timestamp::from_second(seconds).map_err(|e| e.to_string())?;
        bill["metadata"]["timestamp"] = json!(time.to_string());
    }
    // A name of its own that follows from the contents (RFC 9562, version 8).
    let mut hash: [u8; 32] = Sha256::digest(bill.to_string()).into();
    hash[6] = (hash[6] & 0x0f) | 0x80;
    hash[8] = (hash[8] & 0x3f) | 0x80;
    let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    bill["serialNumber"] = json!(format!("urn:uuid:{}", parts.join("-")));
    Ok(bill)
}

/// Prints the licences of everything that is in the program, each text once, with the parts that come under it.
pub(crate) fn print_notices(features: &str) -> Result<(), String> {
    let target = std::env::var("TARGET").unwrap_or_else(|_| TARGET.into());
    let features: Vec<String> =
        features.split(',').filter(|f| !f.is_empty()).map(|f| format!("tallyproof/{f}")).collect();
    let arguments: Vec<&str> = features.iter().flat_map(|feature| ["--features", feature.as_str()]).collect();
    let graph = Graph::of(&arguments, &target)?.built(&arguments, &target)?;
    let runs = graph.reached(graph.program()?, |need| need.is_normal && !graph.is_macro(&need.id));
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in runs.iter().map(|&id| &graph.packages[id]).filter(|package| package["source"].is_string())
    {
        let name = format!("{} {}", text(package, "name"), text(package, "version"));
        list += &format!("{name}: {}\n", expression(text(package, "license")));
        for file in licence_files(package)? {
            texts.entry(read(&file)?.replace('\r', "").trim().to_owned()).or_default().push(name.clone());
        }
    }
    println!("What tallyproof is made of, beside its own code, and under which licences.\n");
    println!("{list}");
    if target.ends_with("-gnu") {
        println!(
            "The C library is glibc (LGPL-2.1-or-later), linked in; scripts/release builds the program with another."
        );
        println!("The C++ and GCC runtimes come under GPL-3.0-or-later WITH GCC-exception-3.1.");
    }
    println!("The Rust standard library comes under MIT OR Apache-2.0.");
    println!("SQLite is in the public domain.");
    for (text, names) in texts {
        println!("\n{}\n{}\n\n{text}", "=".repeat(80), names.join(", "));
    }
    Ok(())
}

/// Files of a package that hold its licences and notices.
fn licence_files(package: &Value) -> Result<Vec<PathBuf>, String> {
    let folder = Path::new(text(package, "manifest_path")).parent().unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"]
                .iter()
                .any(|w| name.starts_with(w))
    };
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_licence).collect();
    files.sort();
    Ok(files)
}

fn reference(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version").replace('+', "%2B"))
}

fn component(package: &Value, kind: &str) -> Value {
    let mut component = json!({
        "type": kind,
        "bom-ref": reference(package),
        "name": text(package, "name"),
        "version": text(package, "version"),
        "licenses": [{ "expression": expression(text(package, "license")) }],
    });
    // Packages of our own are in no registry, so that no address names them.
    if package["source"].is_string() {
        component["purl"] = json!(reference(package));
    }
    component
}

/// Code in other languages that a package carries along.
fn inside(package: &Value) -> Result<Vec<Value>, String> {
    let folder = Path::new(text(package, "manifest_path")).parent().unwrap_or(Path::new(".")).to_owned();
    let after = |text: String, mark: &str| -> Option<String> {
        let rest = &text[text.find(mark)? + mark.len()..];
        Some(rest.trim_start().trim_start_matches('"').split(['"', ' ', '\n', ')']).next()?.to_owned())
    };
    let (name, licence, version) = match text(package, "name") {
        "libsqlite3-sys" => {
            let header = read(&folder.join("sqlite3/sqlite3.h"))?;
            ("sqlite", "blessing", after(header, "#define SQLITE_VERSION "))
        }
        "zstd-sys" => {
            ("zstd", "BSD-3-Clause", text(package, "version").split_once("+zstd.").map(|(_, v)| v.to_owned()))
        }
        "zxing-cpp" => {
            let header = read(&folder.join("core/CMakeLists.txt"))?;
            ("zxing-cpp (C++)", "Apache-2.0", after(header, "project (ZXing VERSION"))
        }
        _ => return Ok(Vec::new()),
    };
    let version = version.ok_or_else(|| format!("{}: no version of {name} found", text(package, "name")))?;
    let reference = format!("{}#{}", reference(package), name.split(' ').next().unwrap_or(name));
    Ok(vec![json!({
        "type": "library", "bom-ref": reference, "name": name, "version": version,
        "licenses": [{ "license": { "id": licence } }],
    })])
}

/// Hashes of packages by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>, String> {
    let lock: toml::Table = toml::from_str(&read(&root().join("Cargo.lock"))?).map_err(|e| e.to_string())?;
    let packages =
        lock.get("package").and_then(toml::Value::as_array).ok_or("Cargo.lock lists no package")?;
    let of = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    Ok(packages
        .iter()
        .filter_map(|p| Some(((of(p, "name")?, of(p, "version")?), of(p, "checksum")?)))
        .collect())
}

/// Older packages write `/` for OR.
fn expression(licence: &str) -> String {
    licence.replace(" / ", "/").replace('/', " OR ")
}

/// Says every part that `deny.toml` does not allow.
pub(crate) fn check_licences() -> Result<(), String> {
    let (n, wrong) = not_allowed(&["--all-features"], TARGET)?;
    if wrong.is_empty() {
        println!("{n} parts, all under licences and from places that deny.toml allows");
        return Ok(());
    }
    Err(wrong.join("\n"))
}

/// How many parts there are, tools for building and testing among them, and what is wrong with them.
pub(crate) fn not_allowed(features: &[&str], platform: &str) -> Result<(usize, Vec<String>), String> {
    let deny: toml::Table = toml::from_str(&read(&root().join("deny.toml"))?).map_err(|e| e.to_string())?;
    let allow =
        deny.get("licenses").and_then(|licences| licences.get("allow")).and_then(toml::Value::as_array);
    let allow = allow.ok_or("deny.toml allows no licence")?;
    let allow: BTreeSet<&str> = allow.iter().filter_map(toml::Value::as_str).collect();
    let graph = Graph::of(features, platform)?;
    let mut wrong = Vec::new();
    for package in graph.needs.keys().map(|id| &graph.packages[id]) {
        let name = reference(package);
        let licence = expression(text(package, "license"));
        if !allows(&licence, &allow) {
            wrong.push(format!("{name}: the licence “{licence}” is not one that deny.toml allows"));
        }
        let source = text(package, "source");
        if !source.is_empty() && !source.starts_with("registry+") {
            wrong.push(format!("{name}: comes from {source}, which is no registry"));
        }
        let needs = package["dependencies"].as_array().cloned().unwrap_or_default();
        let of_us = source.is_empty();
        for need in needs.iter().filter(|need| of_us && text(need, "req") == "*" && !need["path"].is_string())
        {
            wrong.push(format!("{name}: needs any version of {}", text(need, "name")));
        }
    }
    Ok((graph.needs.len(), wrong))
}

/// Whether an SPDX expression can be met by allowed licences: OR by one side, AND by both.
fn allows(expression: &str, allow: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allow);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let mut met = both(words, at, allow);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allow);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let mut met = one(words, at, allow);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allow);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let Some(&word) = words.get(*at) else {
        // Something is missing: no end is reached any more.
        *at = words.len() + 1;
        return false;
    };
    *at += 1;
    if word == "(" {
        let met = either(words, at, allow);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    match (words.get(*at), words.get(*at + 1)) {
        (Some(&"WITH"), Some(exception)) => {
            *at += 2;
            allow.contains(format!("{word} WITH {exception}").as_str())
        }
        _ => allow.contains(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_does() {
        let allow = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]);
        for met in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT AND Apache-2.0",
            "(MIT OR GPL-3.0) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-2.0 AND GPL-3.0 OR MIT",
            "GPL-3.0 OR Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(allows(met, &allow), "{met}");
        }
        for unmet in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR GPL-3.0",
            "MIT GPL-3.0",
            "MIT WITH LLVM-exception",
            "MIT OR",
        ] {
            assert!(!allows(unmet, &allow), "{unmet}");
        }
        assert_eq!(expression("MIT/Apache-2.0"), "MIT OR Apache-2.0");
    }
}
