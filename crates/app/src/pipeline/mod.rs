//! The jobs: from a pack and files to what is published.

pub mod alike;
pub mod audit;
pub mod backup;
pub mod bundle;
pub mod compare;
pub mod crops;
pub mod demo;
pub mod disclosure;
pub mod election;
pub mod exports;
pub mod import;
pub mod intake;
pub mod keys;
pub mod load;
pub mod packs;
mod patience;
pub mod prove;
pub mod publish;
pub mod read;
pub mod reread;
pub mod second;
pub mod sheets;
pub mod site;
pub mod train;
pub mod weights;
pub mod witness;
pub mod workers;
