# What the command line says.
error = error

new-done = { $path } is ready for { $pack }. Next: tallyproof -C { $path } import FILE --source NAME
import-counts = { $adopted } rows adopted, { $refused } refused.
import-recorded = { $source } is recorded ({ $adopted } tables, mapping { $mapping }).
import-refused = { $source } is not recorded, because rows were refused. Correct the file, or say --allow-refused to go on without those rows.
import-already = { $source } was imported before, from the same bytes. Nothing to do.
import-more = … and { $n } more; --format csv lists them.
compare-refused = { $name }: { $n } rows were refused, and are not compared.
compare-counts = { $common } tables in both, { $only-a } only in { $a }, { $only-b } only in { $b }; { $cells } figures and { $images } image links differ.
status-head = { $pack }, { $n } events in the journal.
status-reviews = Review of the images: { $stages }.
status-review-confirmed = confirmed by machines
status-review-first-entry = waiting for a first entry
status-review-second-entry = waiting for a second entry
status-review-correction = waiting for a correction
status-review-decision = waiting for a decision
status-review-settled = settled by people
status-cause = { $n } not read from { $source }{ $area ->
    [none] {""}
   *[other] {" "}in { $area }
}: { $cause }
status-images = { $n } images: code and print agree on { $agrees }, differ on { $differs }, unconfirmed on { $unconfirmed }; { $uncoded } without a code; { $pending } not read yet.
check-counts = { $n } findings on { $sheets } tables. tallyproof explain CODE says what a rule means.
pack-sound = { $pack } is sound.
pack-faulty = Faults in { $pack }: { $n }.
pack-more = … and { $n } more. Correct these first.
pack-copied = { $pack } was copied to { $path }. Edit election.toml, then: tallyproof pack check { $path }
pack-gives-register = Tables: { $n }, listed in { $file }{ $electors ->
    [none] , without electors.
   *[other] , with { $electors } electors.
}
pack-gives-other-count = `count` says { $count } tables; the register's { $n } are what counts.
pack-gives-tables = Tables: { $n }, such as { $id }; without a register no table can be told not to exist. Electors in all: { $electors ->
    [none] not known.
   *[other] { $electors }.
}
pack-gives-ballot = Ballot: { $selections } selections, { $lines ->
    [none] no lines of parties.
   *[other] { $lines } lines of parties.
}
pack-gives-code = Code: such as { $text }
pack-gives-narrow-code = Code: its widths are too narrow for a table of a few hundred electors.
pack-gives-no-code = Code: none. People type what sheets say.
pack-gives-form = Form, { $script ->
    [printed] printed: machines read
   *[handwritten] written by hand: people read
} { $figures }
pack-gives-no-form = Form: none. Codes alone can be read; people type selections, valid and null votes.
pack-gives-mappings = Mappings of tables of numbers: { $ids ->
    [none] none.
   *[other] { $ids }.
}
pack-gives-claims = Claims under test: { $ids ->
    [none] none.
   *[other] { $ids }.
}
pack-sheets-made = { $n } practice sheets of { $pack }: photographs in { $photos }, what they say in { $truth }. All are SYNTHETIC.
pack-sheets-table = A table of numbers as the mapping { $mapping } reads it: { $path }
pack-sheets-next = Try them in a folder of their own: tallyproof new trial --pack { $copy }; tallyproof -C trial add { $photos }
journal-sound = The journal is sound: { $n } events, head { $head }.
journal-unsound = The journal is NOT sound: { $n } events, head { $head }.
journal-stale = The projections are not what the events say. Run: tallyproof journal rebuild
journal-private = Event { $seq }: its private part is missing or does not open its commitment.
journal-rebuilt = Projections derived anew from { $n } events.

export-cut = A worksheet holds no more rows. All of them are in
export-issuer = Publisher of this evidence bundle
export-notes = A count of published tally sheets, made with tallyproof by whoever signed the bundle; it is not an electoral authority's. It covers { $seen } of { $total } tables ({ $classes }) and holds if the sheets are genuine. GeneratedDate is the day of the vote, not of making: the same facts give the same bytes.

class-two-people = two people typed the same
class-code-and-print = code and print of a photograph agree
class-person-and-machine = a person typed what a machine read
class-decision = decided by a coordinator
class-two-sources = two independent transcriptions that agree
class-single-source = one published transcription each
class-code-only = the code of a photograph, its print not confirmed
class-joint = a damaged code completed from print
class-print-only = print alone
headline = { $seen } of { $total } tables ({ $classes }): { $leading } leads { $second } by { $margin } votes, { $ratio } to 1, if the sheets are genuine.
headline-no-ratio = { $seen } of { $total } tables ({ $classes }): { $leading } leads { $second } by { $margin } votes, if the sheets are genuine.
headline-disputed = { $seen } of { $total } tables ({ $classes }): { $leading } is ahead of { $second } by { $margin } votes, if the sheets are genuine; sheets set aside, on which accounts differ, could change who leads.
headline-tied = { $seen } of { $total } tables ({ $classes }): { $leading } and { $second } have the same number of votes, if the sheets are genuine.
headline-nothing = No sheet counts yet, of { $total } tables.

err-not-a-folder = { $path } is not a tallyproof folder.
rec-not-a-folder = Make one with: tallyproof new DIR --pack NAME, or name another with -C DIR.
err-folder-exists = { $path } already holds something.
rec-folder-exists = Name a new or an empty folder.
err-locked = Another tallyproof is writing in { $path }.
rec-locked = Wait until it has finished, then run this again. Nothing was lost.
err-unknown-pack = There is no election pack { $name }.
rec-unknown-pack = Packs in the program: { $known }. Or name a folder that holds an election.toml.
err-bad-pack = Faults in the pack { $path }: { $n }.
rec-bad-pack = Correct these lines, then: tallyproof pack check DIR. docs/reference/packs.md has every key.
err-register-row = { $path }, line { $line }: { $why ->
    [ragged] { $value } cells, another number than in the header.
    [bad-table] “{ $value }”, made by { $column }, is no table id of the form { $pattern }.
    [twice] the table { $value } stands in an earlier line too.
   *[bad-electors] “{ $value }” in the column { $column } is no number of electors.
}
rec-register-row = { $why ->
    [ragged] Put cells that hold the separator between quotation marks, and look for a line break within a cell.
    [bad-table] Correct the row, or `table` under [register], or `pattern` under [tables]. A register is used whole or not at all.
    [twice] Leave one of the two: a register lists every table once. If they are two tables, the id leaves out what tells them apart.
   *[bad-electors] Write plain digits without a separator of thousands, or leave the cell empty where it is not known.
}
err-no-form = The pack { $pack } does not say what its sheets print.
rec-no-form = Add a [form] part: script, header and totals; docs/packs.md shows one.
err-no-payload = The code of table { $table } cannot be written: the grammar has no room for one of its figures.
rec-no-payload = Make the widths in `grammar` larger: {"{"}null:3{"}"} holds at most 999.
err-code-too-long = The code of table { $table } has { $n } characters; no QR code holds so many.
rec-code-too-long = Check `grammar` under [payload] and the number of [[lines]]: a QR code holds 2,953 characters at most.
err-not-marked = A copy of the pack { $pack } cannot be marked as made up.
rec-not-marked = Write [election] as a part of its own, or say `synthetic = false` in it.
err-several-mappings = Several mappings of the pack fit { $path } equally well: { $known }.
rec-several-mappings = Say which with --map NAME.
err-no-mappings = The pack has no mapping to read { $path } by.
rec-no-mappings = Add a [[mappings]] part to the pack, or describe the file's columns with --map FILE; docs/packs.md shows one.
err-disk-full = { $path } could not be written: the disk or quota is full.
rec-disk-full = Make room and run this again. What was recorded before is intact.
err-read-only = { $path } cannot be read or written: { $detail }.
rec-read-only = Check the permissions of the file and its folder, or work in a copy.
err-not-found = { $path } is not there.
rec-not-found = Check the name.
err-io = { $path }: { $detail }.
rec-io = Check the file and the disk, then run this again. What was recorded before is intact.
err-database = The journal { $path } failed: { $detail }.
rec-database = Run: tallyproof journal check. If it is damaged, restore the folder from a copy.
err-csv-empty = { $path } is empty.
rec-csv-empty = Export the table again, with a header row.
err-csv-not-text = { $path } is not a table of text in UTF-8 or Latin-1.
rec-csv-not-text = Export it as CSV, UTF-8, comma-separated.
err-csv-missing-column = { $path } has no column { $column }. Its columns: { $found }.
rec-csv-missing-column = Name the right file, or describe its columns with --map FILE (docs/reference/packs.md).
err-csv-ambiguous-column = { $path } has the column { $column } twice.
rec-csv-ambiguous-column = Rename or remove one of the two.
err-csv-not-utf8 = { $path }, line { $line }: not UTF-8.
rec-csv-not-utf8 = The file may be Latin-1: try --encoding latin-1.
err-csv-looks-utf8 = { $path }, line { $line }: the mapping says Latin-1, but the file is UTF-8.
rec-csv-looks-utf8 = Use --encoding utf-8.
err-csv-record-too-long = { $path }: a record that starts at line { $line } is longer than 1 MiB.
rec-csv-record-too-long = A quotation mark is probably not closed there. Correct it and import again.
err-csv-too-many-rows = { $path } has more than { $most } rows.
rec-csv-too-many-rows = Split it by area and import the parts as sources of their own.
err-csv-pack-changed = The pack changed since { $path } was imported: it has no { $column } now, or has more.
rec-csv-pack-changed = Restore the pack as it was, or import the file again under a new version label.
err-original-changed = The original { $path } is gone, or is not the image that was added.
rec-original-changed = Add the same photograph again: it is kept anew under the same name.
err-unknown-level = There is no level { $name }.
rec-unknown-level = Levels that are listed: { $known }.
err-import-changed = The rows of { $source } are not what was recorded: { $adopted } adopted and { $refused } refused then, other numbers now.
rec-import-changed = The pack changed what this file means. Restore the pack, or import the file again under a new version label.
err-no-mapping = No mapping of the pack fits { $path }. Its columns are: { $found }.
rec-no-mapping = The nearest mapping, { $mapping }, lacks the columns: { $missing }. If this is the right file, describe its columns in a file and give that with --map FILE (docs/reference/packs.md).
err-other-delimiter = The cells of { $path } are not separated as the pack's mappings say; separated by "{ $found }", { $mapping } fits it.
rec-other-delimiter = Import it with --delimiter "{ $found }".
err-unknown-mapping = There is no mapping { $name }.
rec-unknown-mapping = Mappings of the pack: { $known }. Or name a file with a mapping.
err-label-taken = { $source }@{ $label } is already recorded, from another file.
rec-label-taken = Give this file another --version, and say which one it --supersedes.
err-newest-unclear = It is not declared which version of { $source } is the newest: { $labels }.
rec-newest-unclear = Say --supersedes LABEL for the older one, or --superseded-by LABEL if this file is the older.
err-bad-id = { $name } cannot be a name here.
rec-bad-id = Use letters, digits, - and _, starting with a letter or digit, at most 64.
err-unknown-source = There is no source or file { $name }.
rec-unknown-source = Sources in this folder: { $known }.
err-kept-file-changed = { $path } is not what was imported: its bytes changed.
rec-kept-file-changed = Restore that file from a copy, or import the original again in a new folder.
err-chain = The journal does not hold at event { $seq }: { $detail }.
rec-chain = Somebody or something changed the database. Restore the folder from a copy; do not publish from this one.
err-boundaries-too-long = { $path } has { $bytes } bytes; boundaries of at most { $most } are read.
rec-boundaries-too-long = Simplify the boundaries: a map of a page needs few points.
err-boundaries-no-join = { $path } cannot be used: the election pack does not say how boundaries join.
rec-boundaries-no-join = Add [boundaries] with level and property to election.toml, or leave --boundaries out.
err-boundaries-not-geojson = { $path } is no GeoJSON FeatureCollection: { $detail }.
rec-boundaries-not-geojson = Export the areas as GeoJSON (RFC 7946) in longitude and latitude.
err-boundaries-too-many = { $path } has { $found } features; at most { $most } are drawn.
rec-boundaries-too-many = Give the boundaries of the pack's boundary level alone.
err-boundaries-property-missing = { $path }: no feature has the property { $property }, which joins boundaries to areas.
rec-boundaries-property-missing = Name the property in [boundaries] of election.toml, or rename it in the file.
err-boundaries-nothing-joins = { $path }: no value of { $property } is that of an area of the pack; the first is { $first }.
rec-boundaries-nothing-joins = Compare them with boundary = "…" of the pack's [[areas]].
err-boundaries-not-an-area = { $path }: feature { $feature } is a { $kind }, not a Polygon or MultiPolygon.
rec-boundaries-not-an-area = Give areas alone.
err-boundaries-short-ring = { $path }: feature { $feature } has a ring of { $positions } positions; a ring has at least 4.
rec-boundaries-short-ring = Remove the ring, or export the file again.
err-boundaries-not-degrees = { $path }: feature { $feature } has the position { $position }; longitude and latitude in degrees are needed.
rec-boundaries-not-degrees = Export the file in WGS 84 (EPSG:4326).
err-boundaries-no-extent = { $path }: the boundaries enclose no area.
rec-boundaries-no-extent = Give polygons of the country's areas.
err-boundaries-too-detailed = { $path }: the boundaries are too detailed to draw.
rec-boundaries-too-detailed = Simplify them to some 60,000 points.
err-boundaries = The boundaries cannot be used: { $detail }.
rec-boundaries = Give a GeoJSON FeatureCollection of polygons with the pack's boundary property, or leave --boundaries out: only the maps are then missing.
err-export-differs = { $path } does not read back as what was to be written: { $detail }.
rec-export-differs = Nothing was published. The disk may be damaged or full; if it happens again, please report it with the election pack.
err-unknown-rule = There is no rule { $name }.
rec-unknown-rule = tallyproof explain lists all rules.


add-counts = { $seen } images seen: { $new } new, { $again } known originals from a new place, { $known } known already. { $skipped } files skipped.
skipped-not-an-image = skipped, not an image
skipped-too-large = skipped, larger than 64 MiB (a PDF or multi-page TIFF file: 256 MiB)
skipped-link = skipped, a link; name its target instead
skipped-unreadable = skipped, cannot be read; check its permissions and its disk, then add it again
skipped-nested-archive = skipped, an archive inside an archive; unpack it first
skipped-bad-entry = skipped, cannot be unpacked; take it out of the archive and add it by itself
skipped-archive-too-large = stopped here, the archive unpacks to too much; split it
skipped-document-too-large = stopped here, the document has too many pages or they come to too much; split it
add-unread = { $n } pages or documents give no picture; `tallyproof readings --faults` says why.
crops-written = { $n } figures written to { $path }.
err-nothing-to-teach = This election's sheets have no code that says what their print should be, or no printed figures.
rec-nothing-to-teach = Figures written by hand are entered by people; nothing is taught.
err-too-few-to-teach = Too few sheets to learn from: { $taught } to learn from, { $held } of tables held out to measure on.
rec-too-few-to-teach = At least { $needed } and { $needed_held } are needed. Add and read more photographs.
err-recogniser-not-built-in = This program is built without rten, which runs a second recogniser.
rec-recogniser-not-built-in = Build it with the feature (cargo build --release -p tallyproof --features rten), or leave out --recogniser.
err-recogniser-refused = { $path } cannot be used as a second recogniser: { $detail }.
rec-recogniser-refused = Nothing was read. What a model must take and give stands in docs/reading.md.
err-recogniser-fails = { $path } cannot be used as a second recogniser: the process that tried it ended. It may want more than 1 GiB of memory.
rec-recogniser-fails = Nothing was read. Give a smaller model from a source you trust, or leave out --recogniser.
err-recogniser-slow = { $path } cannot be used as a second recogniser: it took more than { $seconds } seconds over one empty cell.
rec-recogniser-slow = Nothing was read. Give a smaller model from a source you trust, or leave out --recogniser.
train-sheets = { $taught } sheets taught; { $held } sheets of other tables were measured on.
train-adopted = The new weights are better: they read from now on. tallyproof read --again reads earlier images with them.
train-refused = The new weights are not better: they are not used. The scores are in the journal.
train-reset = The weights that the program comes with read from now on.
read-counts = { $now } images looked at: { $read } codes read, { $faults } without a reading. { $before } were read before.
read-same-pictures = Pairs of files made from one picture: { $n }; `readings --format json` names them.
cause-reader-failed = the reader broke off on this picture; please report it, with the picture if you may
cause-empty-file = the file is empty
cause-not-an-image = the file is not an image
cause-unsupported-format = an image format that is not read here; convert it to JPEG or PNG
cause-too-many-pixels = too many pixels; scale it down to at most 100 megapixels
cause-no-pixels = the image has no pixels
cause-truncated-file = the file stops early; get it again from where it came
cause-corrupt-file = the file is damaged; get it again from where it came
cause-damaged-file = the file is damaged in part, and no code could be read; get it again
cause-took-too-long = reading it took too long; photograph the sheet alone, on a plain background
cause-over-compressed = the file is compressed so much that print is lost; send the original file, not a messenger's copy
cause-out-of-focus = the picture is out of focus; move a little away, touch the screen on the sheet, and photograph it again
cause-motion-blur = the camera moved; hold it still or lean on something, and photograph it again in more light
cause-glare = a reflection hides print; turn off the flash or tilt the camera, and photograph it again
cause-covered = a finger or another thing lies over the sheet; hold it by its edges
cause-cut-off = the picture ends before the sheet does; move back until all of it is in the frame
cause-torn = a part of the sheet is torn off or outside; photograph all pieces together
cause-folded-over = an end of the sheet is folded over print; flatten the fold and photograph it again
cause-not-a-sheet = no tally sheet is seen here; if it is one, photograph it again, flat and in good light
cause-unreadable = people could read nothing on it
cause-too-small = the picture is too small; move closer, or send the original file
cause-low-contrast = print and paper cannot be told apart; photograph it in better light
cause-code-damaged = the code is folded, stained or damaged; flatten the sheet and photograph it again
cause-document-encrypted = the document is encrypted; print it into a new PDF without a password, or export its pages as pictures
cause-document-damaged = the document is damaged; open it and save it anew, or export its pages as pictures
cause-document-without-pages = the document has no pages
cause-document-too-large = the document is larger than 256 MiB; split it
cause-page-without-picture = the page holds no scanned picture; if there is a sheet on it, export the page as a picture
cause-page-layered = the page lays several pictures over each other; export the page as a picture
cause-page-unsupported = the page's picture is packed in a way that is not read here (such as JBIG2 or JPEG 2000); export the page as a picture
cause-page-damaged = the page or its picture is damaged; open the document and export the page as a picture
cause-page-too-large = the page's picture is larger than 64 MiB; scan it at a lower resolution
cause-no-code-found = no code was found; show the part of the sheet with the code
cause-no-code-printed = sheets of this election have no code; people type what they say

demo-made = A SYNTHETIC election of { $tables } tables, { $photos } photographs, seed { $seed }, in { $path }.
demo-faults = { $n } faults were injected, { $found } of them were found:
demo-head-fault = injected fault
demo-head-injected = injected
demo-head-found = found
demo-head-verdict = verdict
demo-found = found
demo-not-found = not found
demo-fault-same-bytes = the same file twice (kept once)
demo-fault-second-photo = a second photograph of a sheet (counted once)
demo-fault-altered-code = a second photograph with another code
demo-fault-altered-print = printed figures altered
demo-fault-wrong-sum = a printed sum that does not add up
demo-fault-more-votes-than-electors = more votes than electors
demo-fault-unknown-table = a table that the register does not have
demo-fault-picture-under-two-tables = one picture under two tables
demo-fault-torn-code = code torn off
demo-fault-foreign-code = a code that is not of this election
demo-fault-missing-line = a code with one ballot line too few
demo-fault-truncated-file = a file that stops half-way
demo-fault-not-an-image = a text file named .jpg
