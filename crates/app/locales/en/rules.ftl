# What the rules find, why rows are refused, and what is wrong with a pack.

severity-contradiction = contradiction
severity-warning = warning
severity-note = note

fault-paper = the sheet itself
fault-image = the photograph or file
fault-reading = whoever or whatever read it
fault-definition = the election pack or the register
fault-source = whoever published the numbers

# Findings: a title, and a sentence with the numbers of the rule's formula.

rule-S101 = Code not of this election
finding-S101 = A code from { $source } does not follow this election's form: “{ $value }”.
rule-S102 = Code with another number of ballot lines
finding-S102 = The code has { $found } ballot lines, the ballot { $expected }.
rule-S103 = Reserved figure is not 0
finding-S103 = The place in the code that holds 0 everywhere else holds { $reserved }.
rule-S104 = Code and print of one image differ
rule-S105 = No code could be read
finding-S104 = On one image, { $figure } is { $code } by the code and { $print } in print.
finding-S105 = No code could be read on a picture from { $source } ({ $cause }).
rule-S106 = Several sheets on one picture
finding-S106 = A picture from { $source } shows the codes of { $n } sheets; none of them is used.
rule-S107 = File is no usable image
finding-S107 = A file from { $source } cannot be opened as an image ({ $cause }).
rule-S201 = Ballot lines do not add up
finding-S201 = The ballot lines of { $selection } add up to { $sum }, but the sheet gives { $votes }.
rule-S202 = Votes do not add up to the valid votes
finding-S202 = The contestants' votes add up to { $sum }, but the sheet gives { $valid } valid votes.
rule-S203 = More ballots than electors
finding-S203 = There are { $ballots } ballots, but only { $electors } registered electors.
rule-S204 = Votes do not add up to the ballots
finding-S204 = { $valid } valid and { $null } null votes are not the { $ballots } ballots counted.
finding-S204-blank = { $valid } valid, { $blank } blank and { $null } null votes are not the { $ballots } ballots counted.
rule-S205 = Table not in the register
finding-S205 = { $source } gives a sheet for this table, but the register has no such table.
rule-S206 = Electors are not those of the register
finding-S206 = The sheet gives { $printed } electors, the register { $register }.
rule-S207 = More votes than ballots counted
finding-S207 = There are { $votes } votes, but only { $ballots } ballots were counted.
rule-S301 = Sheet without a vote
finding-S301 = { $kind ->
    [zero] Every contestant has 0 votes.
   *[other] Every place for votes is empty.
}
rule-S302 = More ballots or electors than a table can hold
finding-S302 = The sheet has { $size } ballots or electors; tables of this election have { $largest } at most.
rule-S303 = Votes missing
finding-S303 = There is no number for { $missing }; the sheet does not count until somebody has read it.
rule-C101 = Table twice in one file
finding-C101 = { $figures ->
    [same] Line { $line } of { $source } repeats the table with the same figures; it is left out.
   *[other] Line { $line } of { $source } and another line give the table different figures; none of them counts.
}
rule-C102 = One picture for two tables
finding-C102 = The picture “{ $image }” is also given for table { $other }.
rule-C103 = Same votes in one centre
finding-C103 = All votes equal those of table { $other } in the same centre ({ $valid } valid votes).
rule-C104 = Missing table that must exist
finding-C104 = Nobody gives this table, but table { $proof } of the same area proves that it exists.
rule-C105 = One picture, filed again under another table
finding-C105 = The picture “{ $image }” was made from the same picture as “{ $twin }”, which table { $other } has.
rule-C201 = Added by a newer version
finding-C201 = { $source } has this table in version { $newer }, and had not in { $older }.
rule-C202 = Withdrawn by a newer version
finding-C202 = { $source } had this table in version { $older }, and no longer has in { $newer }.
rule-C203 = Changed by a newer version
finding-C203 = { $source } gave { $before ->
    [blank] a blank
   *[other] { $before }
} in version { $older } and gives { $after ->
    [blank] a blank
   *[other] { $after }
} in { $newer }.
rule-C204 = Linked to another picture by a newer version
finding-C204 = { $source } linked “{ $before }” in version { $older } and links “{ $after }” in { $newer }.
rule-C301 = Sources differ
finding-C301 = { $a } gives { $a-value }, { $b } gives { $b-value }; the table does not count until somebody decides.
rule-C302 = Less trusted source differs
finding-C302 = { $a } gives { $a-value }, which counts; { $b }, trusted less, gives { $b-value }.

# Why a row of a table of numbers was refused.

refusal-ragged = The row has { $value } cells, not as many as the header.
refusal-line-break = A cell holds a line break: a quotation mark before it is probably not closed.
refusal-bad-table = Column { $column }: “{ $value }” is not the id of a polling table.
refusal-not-a-number = Column { $column }: “{ $value }” is not a number in plain digits.
refusal-negative = Column { $column }: { $value } is negative.
refusal-too-large = Column { $column }: { $value } is more than any polling table can hold.
refusal-bad-payload = Column { $column }: “{ $value }” is not a code of this election.
refusal-repeated = Table { $value } with the same figures as line { $other }.
refusal-contradicted = Another row gives table { $value } other figures; none of its rows is adopted.

# What is wrong with a pack, and what to do.

pack-fault-syntax = { $why ->
    [unknown-key] There is no key “{ $found }” here.
    [missing-key] The key “{ $found }” is missing in this part.
    [unknown-word] “{ $found }” is none of the words that can stand here.
    [wrong-type] A value of another type is expected here, not { $found }.
   *[toml] The file cannot be read as TOML: { $found }.
}
pack-remedy-syntax = { $why ->
    [unknown-key] Correct it, or take it out. Keys here: { $choices }.
    [missing-key] Add it; docs/reference/packs.md says what it holds.
    [unknown-word] Write one of: { $choices }.
    [wrong-type] { $kind ->
        [number] Write a whole number, 0 or more, without quotation marks and without a separator of thousands.
        [text] Write text in quotation marks.
        [yes-no] Write true or false, without quotation marks.
        [list] Write a list in square brackets; for a list of parts, a heading in double brackets, such as [[selections]].
        [part] Write a part: a heading in brackets with keys below it, or keys in braces.
       *[other] docs/reference/packs.md gives the type of every key.
    }
   *[toml] Correct the line: text in quotation marks, brackets closed, every key once. A list of parts has headings in double brackets, such as [[selections]].
}
pack-fault-schema-version = The pack has schema_version { $found }; this program reads { $expected }.
pack-remedy-schema-version = Use a program that reads { $found }, or write the pack in format { $expected }.
pack-fault-rule = The winning rule “{ $found }” is not supported.
pack-remedy-rule = Write "plurality"; state a threshold or run-off as a claim.
pack-fault-not-utf8 = The file is not UTF-8: a letter here is written in another encoding.
pack-remedy-not-utf8 = Save it as UTF-8 in your editor.
pack-fault-empty-name = { $found ->
    [en] The English words (en) are empty.
    [es] The Spanish words (es) are empty.
   *[name] The name is empty.
}
pack-remedy-empty-name = Write it: reports and the desk show it.
pack-fault-same-name = Two selections are called “{ $found }”.
pack-remedy-same-name = Correct the one that was copied; if both are called so, add what tells them apart on the ballot.
pack-fault-too-many-selections = The pack has { $found } selections; { $most } are the most.
pack-remedy-too-many-selections = A selection is a contestant, not a table or an area: those stand in a register or in [[areas]].
pack-fault-form-votes = The form shows no votes: `selection_totals = false`, and the pack has no ballot lines.
pack-remedy-form-votes = Leave `selection_totals` out, or list the [[lines]] that the form prints.
pack-fault-no-boundary-codes = Boundaries are to join areas of the level “{ $found }”, and no such area says which boundary is its own.
pack-remedy-no-boundary-codes = Give each [[areas]] of that level its `boundary`, or leave [boundaries] out.
pack-fault-bad-id = “{ $found }” cannot be an id.
pack-remedy-bad-id = Use 1 to 64 letters a–z, digits, - and _, starting with a letter or digit.
pack-fault-duplicate = “{ $found }” stands twice.
pack-remedy-duplicate = Give each its own id or code.
pack-fault-too-few-selections = The pack has { $found } selections; a contest has two or more.
pack-remedy-too-few-selections = Add a [[selections]] part for every contestant.
pack-fault-unknown-selection = There is no selection “{ $found }”.
pack-remedy-unknown-selection = Use one of: { $known }.
pack-fault-selection-without-line = Selection “{ $found }” has no ballot line although others have.
pack-remedy-selection-without-line = Add a [[lines]] part for it.
pack-fault-overlapping-lines = Ballot line { $number } belongs to two selections.
pack-remedy-overlapping-lines = Correct `from`, or the number of `labels`, of one of them.
pack-fault-missing-line = Ballot line { $number } belongs to no selection, or cannot be a line number.
pack-remedy-missing-line = Number the ballot lines from 1 without a gap, up to 2,000.
pack-fault-bad-pattern = “{ $found }” cannot be the form of a table id.
pack-remedy-bad-pattern = Write # for each digit and letters, digits, . - or _ for what never changes.
pack-fault-bad-level = A level cannot be { $found } characters long here.
pack-remedy-bad-level = List levels widest first, each longer than the one before and shorter than a table id.
pack-fault-unknown-level = There is no level “{ $found }”.
pack-remedy-unknown-level = Use the id of one of the [[levels]].
pack-fault-bad-area-code = “{ $found }” has not as many characters as codes of its level.
pack-remedy-bad-area-code = Write the code with its leading zeros.
pack-fault-bad-total = The total { $found } cannot be right.
pack-remedy-bad-total = A total is at least 1; a country has at most 10,000,000 tables and 10,000,000,000 electors, and a part is not larger than its whole.
pack-fault-bad-date = “{ $found }” is not a date.
pack-remedy-bad-date = Write it as 2024-07-28.
pack-fault-bad-color = “{ $found }” is not a colour.
pack-remedy-bad-color = Write it as #1f6fb4.
pack-fault-bad-payload = { $why ->
    [unclosed-brace] In the code's grammar a brace is not closed.
    [unknown-part] The code's grammar has a part that does not exist: { $found }.
    [not-once] In the code's grammar { $found } is missing, or stands more than once.
    [ambiguous] In the code's grammar nothing says where the first part of { $found } ends.
   *[no-payload] The column { $found } is to hold the text of codes, but the pack says of no code how it is built.
}
pack-remedy-bad-payload = { $why ->
    [unclosed-brace] Write each part as {"{"}name{"}"}.
    [unknown-part] There are table, lines, valid, blank, null, ballots, electors, reserved, digits and word; docs/reference/packs.md says how each is written.
    [not-once] Write {"{"}table{"}"} and {"{"}lines:,{"}"} once each, and any other figure once at most.
    [ambiguous] Put a text between them that begins with no digit, or give the first a fixed width, such as {"{"}null:3{"}"}.
   *[no-payload] Add a [payload] part with its `grammar`, or name the table by `table`.
}
pack-fault-form-table = The form's header prints { $found } digits of the table id; the pattern has { $expected }.
pack-fault-form-figure = The form's row { $found } has a figure that stands on another row too, or two figures.
pack-fault-form-lines = The ballot lines of { $found } do not follow one another on the form.
pack-fault-form-label = A row of the form has no usable label: { $found }.
pack-fault-form-private = The form's row { $found } is private and has a figure: one that is painted over cannot be checked.
pack-fault-form-review = “{ $found }” cannot have reviewed the masking: the form marks nothing private, or this is no pseudonym.
pack-fault-bad-template = “{ $found }” cannot give table ids of the form { $pattern }.
pack-remedy-form-table = Give each row of the header that prints a part of the id `table = N`, so that the parts make up the whole id; or none.
pack-remedy-form-figure = Give every row one figure at most, and every figure one row.
pack-remedy-form-lines = A printed form groups lines under their selection. Check `from`; leave `[form]` out if the paper really mixes them.
pack-remedy-form-label = Write the label as the sheet prints it, at most 200 characters.
pack-remedy-form-private = Leave `private` to rows of words. Where a figure names a person, take the figure out of the form.
pack-remedy-form-review = Mark rows `private = true`, or `private_below = true`, look at real sheets, and give a pseudonym or a role of at most 64 characters, without @ or a long number.
pack-remedy-bad-template = Name columns and widths so that they have together the length of { $pattern }, such as {"{"}ID:5{"}"}.
pack-fault-unmapped-selection = The mapping has no column for selection “{ $found }”.
pack-remedy-unmapped-selection = Name the column of every selection under `votes`, or of none where lines or a payload give them.
pack-fault-line-columns = The mapping names { $found } columns of ballot lines; the pack has { $expected } lines.
pack-remedy-line-columns = Name one column for every ballot line, in their order.
pack-fault-shared-column = Column “{ $found }” would count twice.
pack-remedy-shared-column = Name a column of its own for each selection or line.
pack-fault-blank-not-apart = Column “{ $found }” gives blank votes, which this election's pack does not count apart.
pack-remedy-blank-not-apart = Give the row of blank votes in the pack's form `figure = "blank"`, or put this mapping into the pack; where blank votes are valid, they are a selection.
pack-fault-bad-encoding = “{ $found }” is not an encoding this program reads.
pack-remedy-bad-encoding = Write "utf-8" or "latin-1".
pack-fault-bad-delimiter = “{ $found }” cannot separate columns.
pack-remedy-bad-delimiter = Write ",", ";", "|" or "\t".
pack-fault-bad-share = “{ $found }” is not a percentage.
pack-remedy-bad-share = Write it as published, with a point and in quotes: "51.20".
pack-fault-empty-claim = “{ $found }” states nothing that can be tested.
pack-remedy-empty-claim = Give votes or shares of at least one selection.
pack-fault-bad-formula = The formula “{ $found }” cannot be computed.
pack-remedy-bad-formula = Use + - * / and parentheses on whole numbers and on figures that the claim or the pack gives: valid, blank, null, voters, tables, electors, tables_total, electors_total, votes.ID.
pack-fault-bad-policy = The policy admits { $found }, which never counts.
pack-fault-unknown-source = There is no source “{ $found }”.
pack-remedy-bad-policy = Take it out of `admits`: a code completed from print, and print alone, wait for a person. A policy can only be stricter.
pack-remedy-unknown-source = Use the id of one of the [[sources]].
pack-fault-unknown-rule = There is no rule “{ $found }”.
pack-remedy-unknown-rule = `tallyproof explain` lists the rules.
pack-fault-bad-file-name = “{ $found }” is not the name of a file in the pack's folder.
pack-remedy-bad-file-name = Put the file beside election.toml and give its name alone.
