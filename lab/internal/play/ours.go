package play

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/lab/internal/judge"
)

const (
	kept      = "old or new, kept when it returns (P1, P2)"
	keptTwice = "old or new, kept when it returns, and each earlier version whole (P1, P2, P3)"
)

// ours are the verbs of this library.
func ours() []Play {
	return []Play{
		replace(Play{Name: Usual, Title: "replace, 4 to 64 KiB", Small: true}, wholly.Policy{}),
		replace(Play{Name: "replace-4k", Title: "replace, 4 KiB", Size: 4 << 10}, wholly.Policy{}),
		replace(Play{Name: "replace-64k", Title: "replace, 64 KiB", Size: 64 << 10}, wholly.Policy{}),
		replace(Play{Name: "replace-1m", Title: "replace, 1 MiB", Size: 1 << 20}, wholly.Policy{}),
		our(Play{Name: "stream", Title: "replace by a stream", Run: each(stream)}),
		our(Play{Name: "new-dir", Title: "first write in a new directory, one and two levels", Calls: "D D F R D", Small: true,
			Prepare: nothing, Run: newDir}),
		our(Play{Name: "if-absent", Title: "new files, each only if it is not there", Prepare: nothing, Run: ifAbsent}),
		replace(Play{Name: "keep-1", Title: "replace, one earlier version kept"}, wholly.Policy{Keep: 1}),
		replace(Play{Name: "keep-3", Title: "replace, three earlier versions kept", Small: true}, wholly.Policy{Keep: 3}),
		replace(Play{Name: "private", Title: "a file that others could read becomes private, two earlier versions kept", Small: true},
			wholly.Policy{Keep: 2, Private: true}),
		our(Play{Name: "update", Title: "update by two processes", Small: true,
			Promise: kept + ", no update lost (P8)", Rules: judge.Rules{Keep: 1}, Run: update}),
		our(Play{Name: "restore", Title: "restore an earlier version", Small: true,
			Rules: judge.Rules{Keep: restorable}, Prepare: threeVersions, Run: restore}),
		our(Play{Name: "recover", Title: "recovery of damaged files, and quarantine", Calls: "L D F R D", Small: true,
			Promise: "the good version is served and put back, the damaged one set aside (P7)",
			Rules:   judge.Rules{Recovers: true}, Prepare: damaged, Run: recovery}),
		our(Play{Name: "sweep", Title: "replace beside a sweep of what the dead left", Run: each(besideSweep)}),
	}
}

// our fills in what is the same for most.
func our(p Play) Play {
	p.Group, p.Durable, p.Model, p.Rules.Library = Ours, true, true, true
	if p.Rules.Keep > 0 { // each earlier version moves on by one
		p.fill("F"+strings.Repeat(" R", p.Rules.Keep)+" L R D", keptTwice)
	}
	p.fill("F R D", kept)
	if p.Prepare == nil {
		p.Prepare = existing
	}
	return p
}

func (p *Play) fill(calls, promise string) {
	if p.Calls == "" {
		p.Calls = calls
	}
	if p.Promise == "" {
		p.Promise = promise
	}
}

// replace writes the target again and again, as the policy says.
func replace(p Play, policy wholly.Policy) Play {
	p.Rules.Keep = policy.Keep
	p.Run = each(func(s *Stage, data []byte) error { return s.in(policy).WriteFile(target, data, 0o640) })
	return our(p)
}

func newDir(s *Stage) error {
	in := s.in(wholly.Policy{MkdirMode: 0o755})
	return s.firsts(func(n int) string {
		if n%2 == 0 {
			return fmt.Sprintf("new-%d/deep/state", n)
		}
		return fmt.Sprintf("new-%d/state", n)
	}, func(name string, data []byte) error { return in.WriteFile(name, data, 0o640) })
}

func ifAbsent(s *Stage) error {
	in := s.in(wholly.Policy{If: wholly.IfAbsent})
	return s.firsts(func(n int) string { return fmt.Sprintf("new-%d", n) },
		func(name string, data []byte) error { return in.WriteFile(name, data, 0o640) })
}

// firsts saves generation 1 of as many new files as there are commits.
func (s *Stage) firsts(name func(n int) string, save func(name string, data []byte) error) error {
	for n := 1; n <= s.Commits; n++ {
		data := s.Content(1)
		if err := s.Commit(name(n), 1, func() error { return save(name(n), data) }); err != nil {
			return err
		}
	}
	return nil
}
