//! The `tallyproof` program.

fn main() -> std::process::ExitCode {
    tallyproof::cli::main()
}
