package report_test

import (
	"fmt"
	"io/fs"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

// A made-up result, so that the goldens here change with the report and not
// with what the audit finds.

const session = "self.session.profile.storage_state"

func watchdog() *audit.Site {
	return &audit.Site{
		File: "app/watchdog.py", Line: 34, Function: "Watchdog.save", Language: effect.Python, Call: "Path.write_text",
		Target: session, Verdict: protocol.Window, Backup: session + " as .bak", Errors: "logged", Importance: "precious",
		Facts: protocol.Facts{
			Staging: protocol.SameDir, Temp: protocol.FixedTemp, Sync: protocol.NoSync, Window: true, Parents: true,
			Encoding: "utf-8", Perm: -1, ReadBefore: true,
		},
		Steps: []audit.Step{
			{File: "app/watchdog.py", Line: 25, Op: "mkdir", Path: "the folder of " + session},
			{File: "app/watchdog.py", Line: 29, Op: "read", Path: session},
			{File: "app/watchdog.py", Line: 34, Op: "open", Path: session + " as .tmp"},
			{File: "app/watchdog.py", Line: 34, Op: "write", Path: session + " as .tmp"},
			{File: "app/watchdog.py", Line: 34, Op: "close", Path: session + " as .tmp"},
			{File: "app/watchdog.py", Line: 37, Op: "rename", Path: session + " as .bak", From: session},
			{File: "app/watchdog.py", Line: 40, Op: "rename", Path: session, From: session + " as .tmp"},
			{File: "app/watchdog.py", Line: 43, Op: "remove", Path: session + " as .tmp", Late: true},
		},
		States: outcome.States{
			Kill:  []outcome.State{{Word: outcome.Old, To: 34}, {Word: outcome.Missing, From: 37, To: 37}, {Word: outcome.New, From: 40, To: 40}},
			Power: states(outcome.Old, outcome.Missing, outcome.Empty, outcome.Zeros, outcome.Torn, outcome.New),
			After: states(outcome.Stale, outcome.Missing, outcome.Empty, outcome.Zeros, outcome.Torn, outcome.New),
		},
		Evidence: []audit.Evidence{
			{Kind: "read-back", File: "app/watchdog.py", Line: 29, Text: "read back here"},
			{Kind: "defaults-on-error", File: "app/watchdog.py", Line: 31, Text: "a load error ends in defaults"},
			{Kind: "credentials", File: "app/watchdog.py", Line: 34, Text: "credentials (cookies)"},
			{Kind: "read-back", File: "app/load.py", Line: 12, Text: "read back here"},
			{Kind: "read-back", File: "lib/other.py", Line: 7, Text: "read back here"},
		},
	}
}

func settings() *audit.Site {
	return &audit.Site{
		File: "app/settings.go", Line: 15, Function: "set", Language: effect.Go, Call: "os.WriteFile", Target: "dir/config.toml",
		Verdict: protocol.InPlace, Errors: "returned", Importance: "precious",
		Facts: protocol.Facts{Staging: protocol.NotStaged, Sync: protocol.NoSync, Perm: 0o600, ReadBefore: true},
		Steps: []audit.Step{
			{File: "app/settings.go", Line: 11, Op: "read", Path: "dir/config.toml"},
			{File: "app/settings.go", Line: 15, Op: "open", Path: "dir/config.toml"},
			{File: "app/settings.go", Line: 15, Op: "write", Path: "dir/config.toml"},
			{File: "app/settings.go", Line: 15, Op: "close", Path: "dir/config.toml"},
		},
		States: outcome.States{
			Kill: []outcome.State{
				{Word: outcome.Old}, {Word: outcome.Empty, From: 15, To: 15}, {Word: outcome.Torn, From: 15, To: 15}, {Word: outcome.New, From: 15, To: 15},
			},
			Power: states(outcome.Old, outcome.Empty, outcome.Zeros, outcome.Torn, outcome.New),
			After: states(outcome.Stale, outcome.Empty, outcome.Zeros, outcome.Torn, outcome.New),
		},
		Evidence: []audit.Evidence{{Kind: "configuration", File: "app/settings.go", Line: 15, Text: "configuration (config.toml)"}},
	}
}

func kept() *audit.Site {
	return &audit.Site{
		File: "app/store.go", Line: 9, Function: "Store.Save", Language: effect.Go, Call: "wholly.WriteFile", Target: "s.path",
		Verdict: protocol.Delegated, Writer: protocol.Durable, Errors: "returned", Importance: "used",
		Facts:  protocol.Facts{Staging: protocol.SameDir, Temp: protocol.UniqueTemp, Sync: protocol.SyncBefore, DirSync: true, Cleanup: true, Perm: 0o600},
		States: outcome.States{Kill: states(outcome.Old, outcome.New), Power: states(outcome.Old, outcome.New), After: states(outcome.New)},
	}
}

func logs() *audit.Site {
	return &audit.Site{
		File: "app/log.js", Line: 3, Language: effect.JavaScript, Call: "fs.appendFile", Target: "a.log", Verdict: protocol.Append,
		Errors: "dropped", Importance: "passing", Facts: protocol.Facts{Async: true, Perm: -1},
		States: outcome.States{Kill: states(outcome.Old, outcome.Torn, outcome.New)},
	}
}

func states(words ...outcome.Word) (list []outcome.State) {
	for _, w := range words {
		list = append(list, outcome.State{Word: w})
	}
	return list
}

func finding(i int, s *audit.Site, name string, sev rule.Severity, at int, msg string) *audit.Finding {
	r := rule.Named(name)
	return &audit.Finding{
		Rule: name, Severity: sev, Level: sev.String(), File: s.File, Line: s.Line, At: at, Message: msg, Advice: r.Advice,
		Fingerprint: fmt.Sprintf("%s-%d", name, at), Site: s, SiteIndex: i,
	}
}

// sample has each kind of thing that a report tells.
func sample() (*audit.Result, report.Options) {
	set, bad, log, good := settings(), watchdog(), logs(), kept()
	r := &audit.Result{
		Files:  map[effect.Language]int{effect.Go: 5, effect.Python: 9, effect.JavaScript: 1},
		Unread: map[effect.Language]int{effect.TypeScript: 2},
		Sites:  []*audit.Site{log, set, good, bad},
		Problems: []audit.Problem{
			{Path: "app/broken.py", Text: "parts of it could not be parsed"},
		},
		Skipped: []audit.Problem{{Path: "node_modules", Text: "other people's files"}},
		Writers: []audit.Writer{{Name: "save_text", Module: "helpers.storage", Verdict: protocol.Durable}},
		Bytes:   4071, Parsed: 4,
	}
	fix := finding(1, set, "rewrite-in-place", rule.High, 15, "a crash while it is written back loses what was in the file before")
	hushed := finding(0, log, "torn-append", rule.Medium, 3, "a crash leaves half a line")
	hushed.Suppressed = "a log, nobody parses it"
	known := finding(2, good, "dir-not-synced", rule.Medium, 9, "a power cut may undo it")
	known.Known = true
	window := finding(3, bad, "missing-file-window", rule.High, 34, "a crash between lines 37 and 40 leaves no file at all")
	wide := finding(3, bad, "default-over-unreadable", rule.High, 12, "when loading fails, defaults are used")
	wide.AtFile = "lib/other.py"
	r.Findings = []*audit.Finding{
		hushed, fix, finding(1, set, "truncate-in-place", rule.High, 15, "a crash leaves the file empty or short"),
		known, window, wide, finding(3, bad, "write-error-swallowed", rule.Low, 43, "the error of the write is only logged"),
		{Rule: "ignore-unused", Severity: rule.Low, Level: "low", File: "app/watchdog.py", Line: 50, At: 50, SiteIndex: -1,
			Message: "nothing here is found: the comment can go", Fingerprint: "unused"},
	}
	r.Keep(func(*audit.Finding) bool { return true })
	return r, report.Options{
		Version: "1.2.3",
		Fixes:   []report.Fix{{Finding: fix, Grade: "ask", Reason: "a lock is missing", Edits: []report.Edit{{File: "app/settings.go", Start: 6, End: 8, New: "wholly"}, {File: "app/whole.go", New: "package app\n", Fresh: true}}}},
		Gone:    []baseline.Entry{{Fingerprint: "f", Rule: "fixed-temp-name", File: "app/old.py"}},
		Read: func(file string) ([]byte, error) {
			if file != "app/settings.go" {
				return nil, fs.ErrNotExist
			}
			return []byte("line1\nos.WriteFile\n"), nil
		},
	}
}
