// Package fix rewrites the places that a scan found so that a crash no longer
// tears the file. It returns edits and contents and writes nothing.
//
//	plan, err := fix.Propose(ctx, result, fix.Options{Roots: roots, Audit: options})
//	err = fix.Diff(os.Stdout, plan.Files, false)
//
// # Grades
//
// Every place gets one of three grades. Safe is a plain write of the whole
// content: it is in Plan.Files. Ask is a change that is right as far as can be
// seen and that a person should look at: several steps become one, the mode is
// given otherwise, it stands in a function literal; it is in Plan.Files with
// Options.Ask. Never is left alone, and Fix.Reason says why: it appends, the
// file is handed away, the function returns in the middle, the type of the
// receiver is not known.
//
// # Proof
//
// A change is in the plan only if the source parses before and after it, and
// if an audit of the changed contents, by the same scan that found the place,
// finds the write durable, or a call of a writer that is. What is not confirmed
// is taken back and graded Never. Go sources are also type-checked before and
// after, each file alone: what is wrong only afterwards is not proposed.
//
// # Edits
//
// Bytes are replaced by offset and nothing is formatted: line ends, tabs and a
// byte order mark stay. Two changes of the same bytes are never made together.
// The edits of one [Fix] stand alone: they bring the imports that it needs. The
// files of a [Plan] are with all changes at once, and without the imports that
// nothing uses then. A second run changes nothing.
//
// # Writers
//
// The project's own writer is called where its body was found durable and it
// fits the place: same package or one that is imported already, path, content
// and mode in the usual order. Else Go gets this library; the module must then
// require it, which Plan.Notes says. Python, JavaScript and TypeScript get one
// file with a small writer, if Options.AddWriter allows it.
//
// # What a replacement changes
//
// The mode, owner and attributes of an existing file stay, links are followed,
// errors go where they went. Other than before: a file that is mounted into a
// container by itself cannot be replaced; other hard links keep the old
// content; who watches the file and not its name sees no change; a file that
// may not be written can be replaced all the same where its folder may be
// written. Reasons say so where the source shows that it may matter.
package fix
