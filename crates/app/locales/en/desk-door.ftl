# What comes in and goes out: backups, exports, uploads, the interface for programs.
backup-done = { $path } holds the folder as of event { $events } (head { $head }) and { $files } files; { $new } of them, { $bytes } bytes, were written now. All was read back and checked.
restore-done = { $path } is restored from the backup of { $made }: { $events } events (head { $head }), { $files } files. All was checked.

err-backup-not-one = { $path } is no backup.
rec-backup-not-one = Name the folder or the .zip file that tallyproof backup wrote.
err-backup-foreign = { $path } holds something that is no backup.
rec-backup-foreign = Name a new folder, an earlier backup, or a new .zip file. Nothing was written over.
err-backup-busy = Another backup is being written to { $path }.
rec-backup-busy = Wait until it has finished, or name another place.
err-backup-damaged = The backup { $path } is damaged: { $part } is gone or is not what it was.
rec-backup-damaged = Use another backup. To mend this one, back up into the same folder again.
err-backup-not-sound = The copied database in { $path } did not pass its checks: { $detail }.
rec-backup-not-sound = Run: tallyproof journal check. The earlier backup, if there is one, is as it was.
err-backup-inside = { $path } lies in the working folder, and would be lost with it.
rec-backup-inside = Name a place outside the working folder, best on another disk.
