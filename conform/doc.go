// Package conform puts a function that writes a file through every case that
// such functions get wrong, and tells what it does in each.
//
//	report := conform.Run(ctx, conform.Writer{Name: "os", WriteFile: os.WriteFile}, dir)
//	fmt.Print(report.Markdown())
//
// A case has an id: N for a new file, K for what of an existing file is kept,
// T for the kind of target, P for the place, F for failures, O for order and
// cost, M for names, C for concurrency. What is expected is what wholly has
// decided: like os.WriteFile, unless something else is safer. A writer may
// well differ on purpose; the report says where.
//
// In every case the suite also looks for litter (a name that was not there
// before), and for an error that tells another state than the file is in.
//
// # What more than a write function is needed for
//
// Some cases need a writer's other abilities: a stream that is committed, a
// conditional write, a sweep. They are optional fields of [Writer]; a case
// whose field is nil is not applicable.
//
// Some cases need a process of their own, because they change the umask, the
// working directory, a limit or the user, or because the process is killed or
// traced. For these the program must be able to start itself: see
// [Writer.Command] and [Main]. The state of the calling process is never
// changed.
//
// Some cases need abilities of the machine: root, mounts, strace, another
// user. What is missing is found out by trying, and the case is skipped with
// the reason.
package conform
