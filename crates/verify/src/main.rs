//! `tallyproof-verify BUNDLE`: the verb `tallyproof verify` as a program of its own.

fn main() -> std::process::ExitCode {
    tallyproof_verify::main()
}
