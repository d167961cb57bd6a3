package keeper_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// long adds to each test of this package what takes minutes: twenty rounds of
// killing, all versions of Playwright. CI gives it.
var long = flag.Bool("long", false, "run what takes minutes too")

func rounds() int {
	if *long {
		return 20
	}
	return 1
}

// Log in, change, kill -9 the browser, start a fresh one, restore: still logged
// in, on the server's word, round after round, with all that was changed.
func TestRoundsOfDeath(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	for round := range rounds() + 1 {
		b := launch(t)
		s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
		u := use(t, b)
		if round == 0 {
			u.open(site.URL + "/login")
		}
		tb := u.open(site.URL + "/")
		if round > 0 {
			e := await(t, s, keeper.Restored, time.Time{})
			if !e.Report.Whole() || e.Report.Cookies != round+1 || e.Report.LocalStorage != round {
				t.Errorf("round %d: the restore reports %+v", round, e.Report)
			}
		}
		if !tb.loggedIn() {
			t.Fatalf("round %d: the server does not know the login", round)
		}
		tb.until(fmt.Sprintf("localStorage.length == %d", round))
		tb.js(fmt.Sprintf("localStorage.setItem('round%d', 'x'); document.cookie = 'round%d=1; max-age=1000'", round, round))
		eventually(t, "the change is on the disk", func() bool {
			st := onDisk(t, path)
			_, there := st.local(site.URL, fmt.Sprint("round", round))
			return there && st.cookie(fmt.Sprint("round", round)) != nil && st.cookie("sid") != nil
		})
		b.Kill()
		<-s.Done()
		if _, err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if st := onDisk(t, path); len(st.Cookies) != rounds()+2 {
		t.Errorf("in the end the file has %d cookies", len(st.Cookies))
	}
}

// Browser and keeper are killed together, in the midst of changes: what was
// acknowledged is on the disk.
func TestWhatWasAcknowledgedSurvivesBoth(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "state.json")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acknowledged := 0
	for range rounds() {
		b := launch(t)
		c := startChild(t, b, path)
		tb := use(t, b).open(site.URL + "/")
		tb.until(fmt.Sprintf("Number(localStorage.n ?? 0) >= %d", acknowledged))
		tb.js(`window.n = Number(localStorage.n ?? 0);
			setInterval(() => { localStorage.setItem('n', ++n); document.cookie = 'n=' + n + '; max-age=1000' }, 2); 0`)
		for range 3 + random.IntN(10) {
			n, err := strconv.Atoi(tb.js("n"))
			if err != nil {
				t.Fatal(err)
			}
			c.save()
			acknowledged = n
			time.Sleep(time.Duration(random.IntN(50)) * time.Millisecond)
		}
		c.cmd.Process.Kill()
		b.Kill()
		st := onDisk(t, path)
		local, _ := st.local(site.URL, "n")
		cookie := st.cookie("n")
		if n, _ := strconv.Atoi(local); n < acknowledged || cookie == nil {
			t.Errorf("seed %d: acknowledged %d, on the disk %q and %v", seed, acknowledged, local, cookie)
		} else if n, _ := strconv.Atoi(cookie["value"].(string)); n < acknowledged {
			t.Errorf("seed %d: acknowledged %d, the cookie on the disk %d", seed, acknowledged, n)
		}
	}
}
