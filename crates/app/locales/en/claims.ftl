# What stands behind a claim's verdict. Figures come in slots.

claim-area = Speaks of one part only: { $level } { $name }.

report-about-turnout = the voters that the turnout stated allows
report-about-tables = the tables
report-about-statement = the number stated
report-test-passed-turnout-matches = { $part } voters of { $whole } electors are the turnout stated, within rounding.
report-test-failed-turnout-matches = { $part } voters of { $whole } electors are not the turnout stated, even within rounding.
report-test-passed-tables-exist = It speaks of { $tables } tables; { $tables_total } exist.
report-test-failed-tables-exist = It speaks of { $tables } tables, but only { $tables_total } exist.
report-test-passed-statement-follows = The number stated ({ $stated }) follows by its formula, which gives { $computed }.
report-test-failed-statement-follows = The number stated ({ $stated }) does not follow by its formula, which gives { $computed }.
report-test-passed-transcriptions-agree = { $about }: both transcriptions of the claim have { $first }.
report-test-failed-transcriptions-agree = { $about }: one transcription of the claim has { $first }, the other { $second }. One of them has a typing error.
report-test-passed-transcription-adds-up = The second transcription's votes add up to its valid votes: { $sum }.
report-test-failed-transcription-adds-up = The second transcription's votes add up to { $sum }, but it gives { $valid } valid votes.
report-input-tables = tables the claim speaks of
report-input-tables_total = tables in all
report-input-electors_total = registered electors in all
report-input-computed = what the formula gives, rounded
report-input-stated = the number stated
report-input-first = first transcription
report-input-second = second transcription

claim-budget-title = How many sheets would have to be false
claim-budget-some = For this statement to hold, at least { $sheets } of the counted sheets ({ $share }) must be false, and that in the reading kindest to it: as many tables left uncounted as its rounding allows, and those the ones that hurt it most. One smallest set of them is listed in false-sheets.csv. This does not show that any sheet is false, or which.
claim-budget-none = In the reading kindest to it, no counted sheet need be false for this statement to hold.
claim-budget-caption = Fewest counted sheets that must be false for the statement to hold, by how many tables it is taken to have left uncounted.
claim-reading = Reading
claim-reading-kindest = kindest to the claim
claim-reading-as-stated = coverage taken as exact
claim-reading-whole = nothing left uncounted
claim-uncounted = Tables uncounted
claim-figure = Figure that decides
claim-surplus = Votes too many on the sheets
claim-false-sheets = Fewest false sheets
claim-of-sheets = Of counted sheets
claim-strength = What the number says
claim-strength-optimal = exactly so many: with these, it can hold
claim-strength-lower-bound-caps-unknown = at least so many: how many votes those tables can hold is not known
claim-strength-lower-bound-others-do-not-fit = at least so many: its other figures still do not fit
claim-strength-lower-bound-several-exceeded = at least so many: the sheets exceed several of its figures

claim-statement-title = The number it states, computed again
claim-stated = Stated
claim-stated-at-least = at least { $stated }
claim-stated-at-most = at most { $stated }
claim-stated-equal = { $stated }
claim-computed = By its own formula
claim-votes-of = votes for { $name }, as claimed

claim-rounding-none = No scan stands out: its counts lie no nearer to those of rounded shares than any counts would.
claim-rounding-all = All scans
claim-rounding-title = Were its counts computed from rounded shares?
claim-rounding-found = The two largest counts and all the rest together lie at most { $residual } votes from the whole numbers that shares rounded at decimal place { $decimals } give of { $base } (in all { $total }). If shares were spread evenly within half a unit of that decimal, such a coincidence would have probability { $in-cell }; among all counts that add up to the total, { $p } ({ $adjusted } after Holm's adjustment for all { $tests } scans made); and at most { $hostile } if votes were cast independently, whatever the true shares. The simplest reading is that the counts were computed from rounded shares and a total, which somebody may have been handed. It does not show that the shares were invented.
claim-rounding-caption = Every scan made, { $tests } in all over the claims: how far the counts lie from those that rounded shares give. Shares of one decimal are shares of two as well.
claim-shares-of = Shares of
claim-base-valid = the valid votes
claim-base-voters = the voters
claim-decimals = Decimals
claim-residual = Farthest, votes
claim-p-adjusted = p, adjusted

chart-title-claims = Claims against what the counted sheets leave possible
chart-description-claims = For each claimed figure, the box runs from the least that the counted sheets allow (their votes, less those on the tables that the claim can have left uncounted) to their votes and every vote on the missing tables, if these are as large as the mean; the line beyond it, to the widest bound shown in this report. For a claim about some sheets, the box is what so many of the counted sheets can hold. Full dot: inside the box. Hollow dot: beyond it. Cross: not possible if the counted sheets are genuine.
chart-unit-millions = votes, millions
chart-unit-thousands = votes, thousands
chart-unit-votes = votes
chart-head-claim = Claim
chart-head-claimed = Claimed
chart-head-least = Least possible
chart-head-most = Most, mean tables
chart-head-widest = Most, widest bound
