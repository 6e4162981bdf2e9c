# The entry screen: clerks type what a sheet says.

desk-entry-title = Enter this sheet
desk-entry-correct = Type these figures again
desk-entry-correct-hint = People or machines read these places differently. Type what you see, whatever you typed before.
desk-entry-hint = Type the digits, then Enter. An empty place is “b” (blank), one that cannot be read is “i” (illegible).
desk-entry-image = The image
desk-entry-tools = Image
desk-entry-pane = Image of the sheet: arrows move it, + and − zoom
desk-entry-alt = The tally sheet to be typed
desk-entry-crop-alt = The place on the sheet, enlarged
desk-entry-alone = Open the image by itself
desk-entry-blank = blank
desk-entry-illegible = illegible
desk-entry-sum = Sum of these lines
desk-entry-sum-all = Sum of all votes above
desk-entry-sum-cast = Valid and null votes together
desk-entry-findings = Findings
desk-entry-no-findings = Nothing so far. Findings never stop you: type what stands on the sheet.
desk-entry-why = What this can mean
desk-entry-seen = Seen: it stands so on the sheet
desk-entry-save = Save, next sheet
desk-entry-check = Check
desk-entry-pause = Save and pause
desk-entry-unusable = This image cannot be typed
desk-entry-not-a-sheet = Not a tally sheet
desk-entry-not-a-sheet-note = It shows something else, or no sheet of this election.
desk-entry-unreadable = Cannot be read at all
desk-entry-unreadable-note = It shows a tally sheet, but not one figure of it can be read.
desk-entry-errors = Not saved yet
desk-entry-err-missing = nothing is typed. Type the number, “b” where the place is blank, or “i” where it cannot be read.
desk-entry-err-not-a-number = type digits alone, without points or commas.
desk-entry-err-too-large = no polling table has so many.
desk-entry-err-digits = { $n ->
    [1] this part has 1 digit.
   *[other] this part has { $n } digits.
}
desk-entry-err-no-table = there is no table with such a number.
desk-entry-group-head = Table
desk-entry-group-votes = Votes
desk-entry-group-totals = Totals on the sheet
desk-entry-field-table = Number of the table
desk-entry-field-table-part = Number of the table, part { $n }
desk-entry-field-valid = Valid votes
desk-entry-field-null = Null votes
desk-entry-field-ballots = Ballots
desk-entry-field-electors = Electors
desk-entry-saved = Saved.
desk-entry-saved-before = This sheet was saved already; nothing was entered twice.
desk-entry-saved-findings = { $n ->
    [1] Saved. 1 finding on the sheet you saved.
   *[other] Saved. { $n } findings on the sheet you saved.
}
desk-entry-saved-see = See them
desk-entry-taken = The sheet before this one was given to somebody else after 15 minutes of silence. It was not saved; what you typed is kept as a draft.
desk-entry-unknown = That sheet was not yours to save. Nothing was changed; here is yours.
desk-entry-closed = The sheet before this one was closed meanwhile, so there was nothing to save.
desk-entry-your-entry = your entry

desk-entry-show-keys = Keys
desk-entry-keys = Keys
desk-entry-close = Close
desk-entry-key-next = Next field; after the last one, save and take the next sheet
desk-entry-key-move = Field above or below
desk-entry-key-blank = The place is blank
desk-entry-key-illegible = The place cannot be read
desk-entry-key-help = These keys
desk-entry-key-back = Back to the field
desk-entry-key-zoom = Image larger, smaller
desk-entry-key-pan = Move the image
desk-entry-key-fit = Whole image; as wide as the window
desk-entry-key-turn = Turn the image
desk-entry-key-light = Brighter, darker
desk-entry-key-contrast = More contrast
desk-entry-key-invert = Swap black and white
desk-entry-key-follow = Image follows the field, or stays
desk-entry-tool-larger = Larger
desk-entry-tool-smaller = Smaller
desk-entry-tool-fit = Whole
desk-entry-tool-width = Wide
desk-entry-tool-turn = Turn
desk-entry-tool-brighter = Brighter
desk-entry-tool-darker = Darker
desk-entry-tool-contrast = Contrast
desk-entry-tool-invert = Invert
desk-entry-tool-follow = Follow

desk-entry-none-title = No sheet for you now
desk-entry-none = Nobody needs you to type a sheet right now: all are entered, or others have them on the screen. This page looks again by itself.
desk-entry-not-blind-title = You cannot enter sheets
desk-entry-not-blind = Sheets are entered by people who have only ever been clerks: everybody else may have seen what machines or others read, and would be no independent witness.
desk-entry-again = Ask for a sheet
desk-entry-done-title = Your work today
desk-entry-done-n = Sheets saved
desk-entry-done-median = Half of them took, seconds, at most
desk-entry-done-none = –
desk-entry-paused = What you typed is kept. The sheet is yours for 15 minutes; after that somebody else may get it, and your draft comes back to you where nobody did.
desk-entry-go-on = Go on typing

desk-entry-why-S202 = Look at each line again. If all are typed as printed, the sheet itself does not add up: poll workers add by hand at night, and a slip is common. Type what stands there.
desk-entry-why-S203 = One of the two figures is often misread or typed into the wrong field. It can stand so on the sheet: poll workers may vote where they serve, and registers lag behind.
desk-entry-why-S204 = Look at the three figures again. Ballots may have been counted before null votes were told apart, or a ballot left the box unused. Type what stands there.
desk-entry-why-S205 = Look at the number of the table again: one digit makes it another table. If it is typed as printed, the register may be older than the sheet.
desk-entry-why-S206 = Look at the number of electors and of the table again. Registers are corrected until the last days before a vote, so the sheet may well differ.
desk-entry-why-S301 = A sheet without any vote is rare. Look whether it is the right page, and whether the places are blank or hold zeros.
desk-entry-why-S302 = One digit too many is the usual reason. Look at each long figure again.
desk-entry-why-S303 = Places that are blank or cannot be read give no number, so the sheet counts only after somebody has decided on them. If you can make out the figure, type it.
