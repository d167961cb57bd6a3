package audit_test

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/outcome"
)

var kills = flag.Int("kills", 2, "how often each case of another language is killed, at least")

// A case is a function of testdata/killed: whether a kill can do harm there.
type mortal struct {
	name    string
	harmful bool
}

// The functions of testdata/killed are run by Python and by Node and killed at
// random moments. What is found is among what their sources were said to
// leave; and what was called harmful is seen to do harm.
func TestWhatKillLeavesIsPredictedInOtherLanguages(t *testing.T) {
	if runtime.GOOS == "windows" || testing.Short() {
		t.Skip("it starts and kills some hundred programs")
	}
	for _, l := range []struct {
		program, cases, run string
		all                 []mortal
	}{
		{"python3", "cases.py", "run.py", []mortal{{"in_place", true}, {"at_once", true}, {"removed_first", true}, {"put_aside", true},
			{"copied_over", true}, {"updated", true}, {"renamed", false}, {"durable", false}}},
		{"node", "cases.mjs", "run.mjs", []mortal{{"inPlace", true}, {"atOnce", true}, {"removedFirst", true}, {"putAside", true},
			{"copiedOver", true}, {"updated", true}, {"renamed", false}, {"durable", false}}},
	} {
		t.Run(l.program, func(t *testing.T) {
			program, err := exec.LookPath(l.program)
			if err != nil || !grammar.Available {
				t.Skipf("not shown: there is no %s here, or this build has no grammars", l.program)
			}
			r, err := audit.Scan(context.Background(), []string{filepath.Join("testdata", "killed", l.cases)}, audit.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range l.all {
				killMany(t, r, c, program, filepath.Join("testdata", "killed", l.run))
			}
		})
	}
}

// killMany kills a case some times, and more until the harm is seen.
func killMany(t *testing.T, r *audit.Result, c mortal, program, script string) {
	const most = 60
	i := slices.IndexFunc(r.Sites, func(s *audit.Site) bool { return s.Function == c.name })
	if i < 0 {
		t.Errorf("%s has no site", c.name)
		return
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	seen, harm := map[outcome.Word]int{}, 0
	for k := 0; k < *kills || c.harmful && harm == 0 && k < most; k++ {
		path := filepath.Join(t.TempDir(), "state")
		if err := os.WriteFile(path, bytes.Repeat([]byte{'b'}, half), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, script, c.name, path, strconv.Itoa(half))
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		saw := killWriter(t, cmd, path, time.Duration(random.IntN(20_000))*time.Microsecond)
		seen[saw]++
		if saw != outcome.New {
			harm++
		}
		if !slices.ContainsFunc(r.Sites[i].States.Kill, func(s outcome.State) bool {
			return s.Word == saw || saw == outcome.New && s.Word == outcome.Old // both are whole
		}) {
			t.Errorf("%s (%s) left it %s, predicted %v; seed %d", c.name, r.Sites[i].Verdict, saw, r.Sites[i].States.Kill, seed)
		}
	}
	if c.harmful != (harm > 0) {
		t.Errorf("%s (%s): seen %v; seed %d", c.name, r.Sites[i].Verdict, seen, seed)
	}
	t.Logf("%s (%s): %v", c.name, r.Sites[i].Verdict, seen)
}
