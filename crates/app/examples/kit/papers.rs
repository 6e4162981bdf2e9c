//! Manual pages and completions.

use std::path::Path;

use clap_complete::Shell;

use super::verbs::programs;

fn folder(dir: &Path) -> Result<(), String> {
    std::fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))
}

/// Writes a manual page for each program and verb.
pub(crate) fn manual(dir: &Path) -> Result<(), String> {
    folder(dir)?;
    for program in programs() {
        clap_mangen::generate_to(program, dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    Ok(())
}

/// Writes completions for each program and shell.
pub(crate) fn completions(dir: &Path) -> Result<(), String> {
    folder(dir)?;
    for mut program in programs() {
        let name = program.get_name().to_owned();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            clap_complete::generate_to(shell, &mut program, &name, dir)
                .map_err(|e| format!("{}: {e}", dir.display()))?;
        }
    }
    Ok(())
}
