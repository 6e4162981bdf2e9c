//! The whole program, from outside: what it is given, what it prints, what it leaves on the disk.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod archives;
mod attack;
mod attack_hostile;
mod audit;
mod audit_bad_days;
mod audit_walk;
mod backup;
mod bad_days;
mod bad_tables;
mod book;
mod bundle;
mod channels;
mod demo;
mod desk_accounts;
mod desk_api;
mod desk_door;
mod desk_entry;
mod desk_entry_screen;
mod desk_faults;
mod desk_hostile;
#[allow(dead_code, reason = "made for an example, which uses all of it")]
#[path = "../examples/desk_load/load.rs"]
mod desk_load;
mod desk_rights;
mod desk_rooms;
mod desk_site;
mod desk_support;
mod desk_towns;
mod desk_web;
mod documents;
mod election_night;
mod exports;
mod help;
mod house;
mod images;
mod images_out;
mod intake;
mod keys;
#[allow(dead_code, clippy::print_stdout, reason = "made for an example, which uses all of it and speaks")]
#[path = "../examples/kills/kills.rs"]
mod kills;
mod newsroom;
mod packs_walk;
mod packs_wrong;
mod pages;
mod paragraphs;
mod power_cuts;
#[path = "../examples/campaign/pack.rs"]
mod practice;
mod publish_meanwhile;
mod published;
mod report;
mod second;
mod site;
mod site_folder;
#[allow(dead_code, reason = "made for the tests of another crate, which use all of it")]
#[path = "../../core/tests/support.rs"]
mod small;
mod strangers;
mod support;
mod tamper;
mod tidy;
mod training;
mod vectors;
mod verify_page;
mod workers;
#[allow(dead_code, reason = "made for an example, which uses all of it")]
#[path = "../examples/zoo/zoo.rs"]
mod zoo;
mod zoo_visits;
