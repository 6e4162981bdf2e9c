# Words of verification.

doing-files = hashing every file …
doing-journal = following the journal …
doing-checkpoint = comparing the checkpoint …
doing-history = comparing earlier checkpoints …
doing-signatures = checking signatures …
doing-proofs = checking the proof of every table …
doing-images = accounting for the images …
doing-facts = deriving the facts from readings and imported files …
doing-tables = comparing what was published of every table …
doing-results = deriving every result again …
doing-report = comparing every figure of the reports …
doing-calibration = measuring the intervals again …

step-files = files: { $n } hashed and listed, none missing, none added
step-journal = journal: { $n } events in one chain
step-checkpoint = checkpoint: it is that of the journal
step-history = { $n ->
    [0] history: nothing earlier to compare with
   *[other] history: only grew since { $n } earlier checkpoints
}
step-signatures = signatures: { $n } on the bundle and its checkpoint
step-proofs = { $n ->
    [0] proofs: none are in the bundle; they can be made from its journal
   *[other] proofs: { $n } tables
}
step-images = images: { $n } originals accounted for
step-facts = facts: derived again; sources and images: { $n }
step-tables = tables: { $n } published as they follow from the facts
step-results = results: { $n } files derived again, the same to the byte
step-report = reports: { $n } marked figures, each shown as the results have it; words, charts and other numbers were not compared
step-calibration = calibration: measured again, the same

name-files = files
name-journal = journal
name-checkpoint = checkpoint
name-history = history
name-signatures = signatures
name-proofs = proofs of tables
name-images = images
name-facts = facts
name-tables = published tables
name-results = results
name-report = reports
name-calibration = calibration
untaken-calibration = calibration (there is none, or it was not asked for)

ending-sound = ✓ { $step }
ending-broken = ✗ { $step } — NOT AS CLAIMED:
ending-not-taken = – not checked: { $step }

more-wrong = and { $n } more; --format json has them

told-head = Checkpoint { $hash } over { $size } events. Compare this line with others who have the bundle: one signer can show two histories.
told-signer = Signed by { $fingerprint } (you did not name this key).
told-signer-known = Signed by { $fingerprint }, whom you named.
told-images = Images: of { $stripped } originals the whole picture is in the bundle, of { $masked } with parts painted over, of { $withheld } only the hash. That a picture was made from the original of that hash is the publisher's word, until the original is shown.
told-no-images = Images: none is in this log. Every figure comes from tables of numbers that somebody typed; the files are in the bundle, and what they were typed from is not.
told-pixels = { $readings } readings of images are the publisher's: none was derived again from pixels (`tallyproof verify --reread` does, where images are in the bundle).
told-reread = { $n } of { $of } readings were derived again from pixels; { $not } were not read again, of { $more } more was read than was published, { $differing } say something else.
told-reread-differs = original { $original }: { $what } was published as { $was }; the picture says { $now }
told-not-recomputed = { $n } files were hashed and not recomputed: { $files }
told-cannot-prove = What no bundle can prove: that the sheets are genuine, that no other sheets exist, that readings are right where no image is given, and that everybody was shown this same bundle.

verdict-intact = INTACT: everything is as claimed, and a signer you named signed it.
verdict-intact-signer-unknown = INTACT, SIGNER UNKNOWN: everything fits together, but you named no key. Whoever changes a bundle can sign it again: get the signer's key another way and pass --signer, or say --no-signer.
verdict-intact-signer-not-asked = INTACT: everything fits together. Who signed was not asked.
verdict-not-as-claimed = NOT AS CLAIMED: see the lines marked ✗. Use none of its figures. Get the bundle again from whoever published it; if that one is not as claimed either, show them these lines.

err-cannot-look = { $bundle } cannot be looked at: { $detail }
rec-cannot-look = Give the folder that holds bagit.txt, or the .zip or .tar.zst it came as. If it was damaged on the way, get it again.
err-cannot-read = { $file } cannot be read: { $detail }
rec-cannot-read = Check its name, and that it is what the option asks for.
err-no-key = { $file } holds no Ed25519 public key.
rec-no-key = Give a line such as "ssh-ed25519 AAAA…", an allowed-signers file, or a fingerprint SHA256:….
err-no-checkpoint = { $file } is no checkpoint and no bundle with one.
rec-no-checkpoint = Give an earlier bundle, or the file data/checkpoint out of one.
err-no-witnesses = { $file } is no list of witnesses.
rec-no-witnesses = Its first line says "need N"; each line after it is a verifier key: name+hash+key.

# What can be wrong with a file.
wrong-bad-name = a name of other signs than plain letters, digits, - _ and .
wrong-link = a link; a bundle has none
wrong-no-file = neither a file nor a folder, or too deep
wrong-names-collide = another name differs only in capitals
wrong-too-many-files = more files than a bundle may have
wrong-bad-declaration = does not declare BagIt 1.0
wrong-bad-manifest = not a sorted list of hashes and plain paths, or not a file for such a list
wrong-missing = missing
wrong-unlisted = not listed in the manifest: it was added
wrong-wrong-count = the number of bytes or files it gives is not that of `data`
wrong-changed = its bytes are not the listed ones
wrong-unreadable = cannot be read, or is not in its form

# What can be wrong with the log, its signatures and its proofs.
wrong-journal-empty = has no event
wrong-journal-chain = event { $seq } is no link of the chain: { $detail }
wrong-bad-checkpoint = no signed checkpoint: { $detail }
wrong-other-origin = the checkpoint of another log
wrong-other-root = says { $size } events with another content than the journal's { $events }
wrong-history-rewritten = the journal does not extend an earlier checkpoint: history was rewritten
wrong-older-than-known = has { $now } events; the checkpoint you know has { $size }: this is an older state
wrong-bad-line = line { $line } cannot be used
wrong-bad-order = line { $line }: not earlier than the next
wrong-not-signed = nobody signed
wrong-bad-signature = not a signature on this bundle: { $detail }
wrong-signed-twice = one key signed twice
wrong-checkpoint-not-signed = { $fingerprint } signed the bundle and not its checkpoint
wrong-earlier-not-signed = line { $line }: signed by nobody who signed this bundle or handed over to them
wrong-bad-statement = no sound statement about a key: { $detail }
wrong-signer-not-pinned = signed by none of the keys you named
wrong-cosigned-another = the cosigned checkpoint you gave is of another state
wrong-too-few-witnesses = { $n } of your witnesses cosigned; { $need } must
wrong-bad-proof = line { $line } does not prove its table: { $detail }
wrong-proofs-missing = { $n } proofs for { $tables } tables

# What can be wrong with what follows.
wrong-no-such-original = line { $line }: no original of the journal, or a second time
wrong-image-differs = line { $line }: the image is not there, or not named by its hash
wrong-image-not-listed = an image that no original is listed for
wrong-impossible-event = event { $seq } is none that a desk writes: of an account that cannot have changed so, of an image that was never added, or not in the one form of its kind
wrong-original-left-out = says nothing of the original { $original }
wrong-bad-pack = the election pack cannot be used: { $detail }
wrong-rows-changed = its rows are not those that were recorded: { $detail }
wrong-newest-unclear = which version is newest is not declared: { $detail }
wrong-table-differs = what was published of table { $table } is not what follows from the facts
wrong-result-differs = is not what follows from the facts: it differs first at line { $line }, byte { $byte }
wrong-figure-differs = figure { $key } says or shows { $value }; the results say { $expected }
wrong-no-figures = marks no figure, so that none could be compared
wrong-calibration-differs = not what comes out when it is measured again

error = error
call-unknown-argument = There is no { $argument } here.
call-unknown-verb = There is no verb { $verb }.
call-not-a-value = “{ $value }” is not a value of { $argument }.
call-bad-value = “{ $value }” is not a value of { $argument }: { $why }.
call-no-value = { $argument } needs a value.
call-too-many-values = “{ $value }” is one value too many for { $argument }.
call-no-equals = { $argument } wants its value after an equals sign.
call-given-twice = { $argument } stands twice.
call-conflict = { $argument } does not go together with { $other }.
call-missing-argument = Missing: { $argument }.
call-missing-verb = A verb is missing.
call-not-text = “{ $text }” is no text: its bytes are not UTF-8.
call-meant = Did you mean { $meant }?
call-choices = There are: { $choices }.
call-range = it goes from { $least } to { $most }
call-number = it is no whole number
call-usage = Call: { $usage }
call-help = --help says more, with examples.
