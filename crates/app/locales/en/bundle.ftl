# Words of bundles.

# Publishing
publish-leaving = This would leave the folder: { $events } journal events without their private parts; hashes of { $images } images, no image; { $inspections } inspections; results, tables, reports and exports; these source ids as they were typed: { $sources }.
publish-leaving-file = Imported file { $name }, { $bytes } bytes, as it is.
publish-leaving-columns =   Nothing is read from its columns { $columns }: look whether they hold names.
publish-like-a-person =   Source id { $source } looks like a person's address or number. A source id cannot be taken back: think of whoever gave you the sheets.
publish-staying = This stays: who added, read and inspected what, file names, places, exact times. Of each, a salted commitment leaves, so that it can be shown to a court later.
publish-ask = Publish? Type yes:
publish-not-agreed = Nothing was published.
publish-stage-deriving = deriving results …
publish-stage-writing = writing the bundle …
publish-stage-verifying = verifying it as a stranger would …
publish-stage-packing = packing …
publish-done = Published: { $changed } tables anew. Checkpoint { $hash } over { $size } events; all { $n } steps of verification passed or did not apply. Print this hash where others can see it: one signer can show two histories.
publish-signed = Signed by { $fingerprint }.
prove-done = Table { $table } is in checkpoint { $hash } over { $size } events.
prove-limits = The proof shows that the table was published with these figures in this checkpoint. That they are the latest and in the total, only `tallyproof verify` of the bundle shows.
err-bundle-no-signer = No key was given to sign with.
rec-bundle-no-signer = Make one with `tallyproof key new --out FILE`, then publish with --key FILE.
err-bundle-unsigned = The bundle could not be signed: { $detail }.
rec-bundle-unsigned = Check the key or the agent, then publish again.
err-bundle-history = The journal does not extend { $path }, a checkpoint published before: history was rewritten, or that file was damaged.
rec-bundle-history = Restore the folder from a backup that extends it. Do not publish over it: everybody who has the earlier bundle would see that history was rewritten.
err-bundle-not-sound = { $path } does not verify: { $detail }.
rec-bundle-not-sound = Nothing was published. The disk may be damaged; if it happens again, please report it.
err-bundle-unusable = { $path } cannot be used as a bundle: { $detail }.
rec-bundle-unusable = Verify it with `tallyproof verify`; get it again if it was damaged on the way.
err-bundle-not-confirmed = Nobody can be asked whether this may leave.
rec-bundle-not-confirmed = Read the list above, then publish again with --yes.
err-bundle-no-such-table = Table { $table } was not published in this bundle.
rec-bundle-no-such-table = Check its id: data/sheets.csv lists all tables.
