// Package agent keeps the files of browser agents on disk: browser-use's
// patterns, agent history and conversation log, and the storage state that it
// shares with Playwright.
//
// The formats are the packages below ([pattern], [storagestate], [history],
// [conversation]); they touch no disk. Here they meet the library: every save
// goes through its one write path, privately (0600), under a lock where a file
// is read, changed and written, with one earlier version kept.
//
//	doc, err := agent.Patterns("")               // as browser-use looks for them
//	f, err := doc.Load()
//	f, err = doc.Update(ctx, func(f **pattern.File) error { … })
//
// # What others left behind
//
// browser-use moves the old file away before the new one takes its name, so a
// crash there leaves no file at all, but two companions: a temp and a backup.
// Load and Update find them, as documented at [Doc.Load], and never destroy
// what they did not understand.
//
// [pattern]: https://pkg.go.dev/github.com/wholly-go/wholly/agent/pattern
// [storagestate]: https://pkg.go.dev/github.com/wholly-go/wholly/agent/storagestate
// [history]: https://pkg.go.dev/github.com/wholly-go/wholly/agent/history
// [conversation]: https://pkg.go.dev/github.com/wholly-go/wholly/agent/conversation
package agent
