# Words of bundles.

# Publishing
publish-leaving = This would leave the folder: { $events } journal events without their private parts; hashes of { $images } images; { $inspections } inspections; results, tables, reports and exports; these source ids as they were typed: { $sources }.
publish-leaving-file = Imported file { $name }, { $bytes } bytes, as it is.
publish-leaving-columns =   Nothing is read from its columns { $columns }: look whether they hold names.
publish-like-a-person =   Source id { $source } looks like a person's address or number. A source id cannot be taken back: think of whoever gave you the sheets.
publish-images-stripped = { $n } images leave whole, without what their files say beside the picture (place, time, device). Names, identity numbers and signatures on the sheets may be readable, and faces, hands and rooms beside them: once out, they cannot be taken back.
publish-images-masked = { $n } images leave in grey, with the private zones of the form painted over.
publish-images-withheld = { $n } images stay, only their hashes leave: { $cause }
publish-look = Nothing was published yet: { $n } contact sheets in { $dir }, from { $first } on, show every masked image. Look at all of them: names, numbers and signatures outside the grey, hands, faces, other papers. contact.csv says which image stands where; leave out one that shows too much by --withhold and the first digits of its original. Then go on with --looked-at { $sha256 }
publish-looked-at-others = Nothing was published: the contact sheets are others than those that were looked at. { $n } are in { $dir }, from { $first } on; look at them and go on with --looked-at { $sha256 }

# Why an image stays
withheld-not-asked-for = no image was asked for
withheld-set-aside = withheld by hand
withheld-layout-not-reviewed = no person has reviewed, for this pack's form, which parts of a sheet name people; see `masking_reviewed` in docs/reference/packs.md
withheld-layout-not-located = the form's rows were not found beyond doubt
withheld-code-not-read = the code was not read, which shows that one sheet alone is in view
withheld-several-in-view = other codes are in view: another sheet, or somebody's papers
withheld-unknown-container = a kind of file that cannot be stripped without coding the picture anew
withheld-pixels-differ = stripped of what it says beside the picture, it is not the same picture

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
err-bundle-not-one = { $path } is no bundle, and { $other } is one.
rec-bundle-not-one = Give two bundles, or two tables of numbers.
err-bundle-no-such-table = Table { $table } was not published in this bundle.
rec-bundle-no-such-table = Check its id: data/sheets.csv lists all tables.
compare-bundles = { $common } tables in both; { $added } added, { $withdrawn } withdrawn, { $changed } changes of figures or standing, images of { $relinked } tables re-linked. Verify both bundles before you rely on this.
err-bundle-no-such-event = The journal has no event { $seq }.
rec-bundle-no-such-event = List the events with `tallyproof journal show`.
journal-disclosed = The private part of event { $seq } is in { $path }. Give it to nobody but whom it is meant for.
journal-opened = Event { $seq } ({ $kind }) of the bundle's journal was committed to with this private part:
journal-not-opened-form = This is no disclosure.
journal-not-opened-no-event = The disclosure's event is none.
journal-not-opened-other-part = The private part is not the one that was committed to.
journal-not-opened-other-event = The event is not in the bundle's journal.
err-bundle-no-such-image = No image of this folder has an original whose SHA-256 begins with { $image }.
rec-bundle-no-such-image = Give at least 8 digits, as in masking/contact.csv or the bundle's images.csv.
