package play

import (
	"fmt"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/lab/internal/judge"
)

const kept = "old or new, kept when it returns (P1, P2)"

// ours are the ways of this library.
func ours() []Play {
	return []Play{
		replace(Play{Name: "replace", Title: "replace, 4 to 64 KiB"}, wholly.Policy{}),
		replace(Play{Name: "replace-4k", Title: "replace, 4 KiB", Size: 4 << 10}, wholly.Policy{}),
		replace(Play{Name: "replace-64k", Title: "replace, 64 KiB", Size: 64 << 10}, wholly.Policy{}),
		replace(Play{Name: "replace-1m", Title: "replace, 1 MiB", Size: 1 << 20}, wholly.Policy{}),
		replace(Play{Name: "keep-1", Title: "replace, one earlier version kept", Calls: "F L R R D"}, wholly.Policy{Keep: 1}),
		replace(Play{Name: "keep-3", Title: "replace, three earlier versions kept", Calls: "F L R R D"}, wholly.Policy{Keep: 3}),
		our(Play{Name: "new-dir", Title: "first write in a new directory, one and two levels", Prepare: nothing, Run: newDir}),
	}
}

// our fills in what is the same for most.
func our(p Play) Play {
	p.Group, p.Durable, p.Model, p.Rules.Library = Ours, true, true, true
	if p.Calls == "" {
		p.Calls = "F R D"
	}
	if p.Promise == "" {
		p.Promise = kept
	}
	if p.Prepare == nil {
		p.Prepare = existing
	}
	return p
}

// replace writes the target again and again, as the policy says.
func replace(p Play, policy wholly.Policy) Play {
	p.Rules = judge.Rules{Keep: policy.Keep}
	p.Run = each(func(s *Stage, data []byte) error { return s.in(policy).WriteFile(target, data, 0o640) })
	return our(p)
}

func newDir(s *Stage) error {
	in := s.in(wholly.Policy{MkdirMode: 0o755})
	for n := 1; n <= s.Commits; n++ {
		name := fmt.Sprintf("new-%d/state", n)
		if n%2 == 0 {
			name = fmt.Sprintf("new-%d/deep/state", n)
		}
		data := s.Content(1)
		if err := s.Commit(name, 1, func() error { return in.WriteFile(name, data, 0o640) }); err != nil {
			return err
		}
	}
	return nil
}
