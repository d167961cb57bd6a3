package keeper_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// The numbers of the README are made by
//
//	go test ./keeper -run '^TestNumbers$' -numbers 30 -timeout 60m -v
//
// in the module agent: medians and worst of this machine, as it is now.
var numbers = flag.Int("numbers", 0, "measure, with so many kills and so many changes of each kind")

func TestNumbers(t *testing.T) {
	if *numbers == 0 {
		t.Skip("-numbers N measures")
	}
	t.Run("lag", measureLag)
	t.Run("idle", measureIdle)
	t.Run("kills", measureKills)
}

// watcher reads a file over and over, as fast as it can, and counts what no
// reader should ever see.
type watcher struct {
	mu                   sync.Mutex
	text                 []byte
	at                   time.Time
	looks, torn, missing int
	stop, done           chan struct{}
}

func watch(path string) *watcher {
	w := &watcher{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(time.Millisecond):
			}
			data, err := os.ReadFile(path)
			now := time.Now()
			w.mu.Lock()
			w.looks++
			switch {
			case err != nil:
				w.missing++
			case !bytes.Equal(data, w.text) && !json.Valid(data):
				w.torn++
			}
			w.text, w.at = data, now
			w.mu.Unlock()
		}
	}()
	return w
}

// has returns when the file was first seen to hold a text.
func (w *watcher) has(t *testing.T, text string) time.Time {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond / 2) {
		w.mu.Lock()
		there, at := bytes.Contains(w.text, []byte(text)), w.at
		w.mu.Unlock()
		if there {
			return at
		}
	}
	t.Fatalf("%s did not come to the disk", text)
	return time.Time{}
}

// measureLag measures from before a change is made in the page to when another
// process reads it from the file, and counts bad reads all along.
func measureLag(t *testing.T) {
	site := newSite(t)
	b := launch(t)
	path := filepath.Join(t.TempDir(), "state.json")
	startChild(t, b, path)
	tb := use(t, b).open(site.URL + "/")
	eventually(t, "the file is there", func() bool { _, err := os.Stat(path); return err == nil })
	w := watch(path)
	changes := []struct {
		name, limit string
		make        func(mark string) string
	}{
		{"cookie of a response", "0.5 s", func(mark string) string {
			return "fetch('/cookie?' + new URLSearchParams({ c: " + quote("a="+mark) + " })).then(r => r.text())"
		}},
		{"localStorage", "0.5 s", func(mark string) string { return "localStorage.setItem('l', " + quote(mark) + ")" }},
		{"sessionStorage", "0.5 s", func(mark string) string { return "sessionStorage.setItem('s', " + quote(mark) + ")" }},
		{"document.cookie", "1.5 s", func(mark string) string { return "document.cookie = " + quote("d="+mark) }},
		{"IndexedDB", "", func(mark string) string {
			return library + "make('d', 1, db => { db.createObjectStore('s') }, tx => { tx.objectStore('s').put(" + quote(mark) + ", 'k') })"
		}},
	}
	for _, c := range changes {
		var lags []time.Duration
		for i := range *numbers + 1 {
			mark := url.QueryEscape(fmt.Sprintf("mark-%s-%d-", strings.ReplaceAll(c.name, " ", ""), i))
			began := time.Now()
			tb.js(c.make(mark))
			if lag := w.has(t, mark).Sub(began); i > 0 { // the first starts processes
				lags = append(lags, lag)
			}
			time.Sleep(300 * time.Millisecond)
		}
		tellLags(t, "change to disk, "+c.name, lags, c.limit)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		w.mu.Lock()
		n := w.looks
		w.mu.Unlock()
		if n >= 10_000 {
			break
		}
		tb.js("localStorage.setItem('l', String(Math.random()))")
	}
	close(w.stop)
	<-w.done
	t.Logf("reads of the file meanwhile: %d; torn: %d, missing: %d", w.looks, w.torn, w.missing)
	if w.torn+w.missing > 0 {
		t.Error("a reader saw what none should")
	}
}

func tellLags(t *testing.T, what string, lags []time.Duration, limit string) {
	slices.Sort(lags)
	if limit != "" {
		limit = " (median wanted: under " + limit + ")"
	}
	t.Logf("%s: median %v, worst %v, of %d%s", what, lags[len(lags)/2].Round(time.Millisecond), lags[len(lags)-1].Round(time.Millisecond), len(lags), limit)
}

// measureIdle measures a keeper of a browser in which nothing happens.
func measureIdle(t *testing.T) {
	site := newSite(t)
	b := launch(t)
	c := startChild(t, b, filepath.Join(t.TempDir(), "state.json"))
	for range 3 {
		use(t, b).open(site.URL + "/login").js("localStorage.setItem('a', 'b')")
	}
	time.Sleep(5 * time.Second)
	const span = 30 * time.Second
	before := cpu(t, c.cmd.Process.Pid)
	time.Sleep(span)
	used := cpu(t, c.cmd.Process.Pid) - before
	rss, peak := memory(t, c.cmd.Process.Pid)
	t.Logf("idle keeper, 3 tabs, %v: %.2f %% of a core, %d MB resident, %d MB at most (wanted: under 1 %% and 40 MB)",
		span, 100*used.Seconds()/span.Seconds(), rss>>10, peak>>10)
}

// cpu is what a process has used of the processors.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is what a process has, and had at most, in kB.
func memory(t *testing.T, pid int) (now, most int) {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &now)
		fmt.Sscanf(line, "VmHWM: %d kB", &most)
	}
	return now, most
}

// measureKills is the case that shows why: log in once, go quiet, the browser is
// killed some seconds later. With the keeper the login must be there each time;
// what the browser's own profile has is told beside it.
func measureKills(t *testing.T) {
	site := newSite(t)
	kept, own := 0, 0
	for i := range *numbers {
		profile, path := t.TempDir(), filepath.Join(t.TempDir(), "state.json")
		b := launch(t, profile)
		c := startChild(t, b, path)
		use(t, b).open(site.URL + "/login")
		quiet := time.Duration(1+i*27/max(1, *numbers-1)) * time.Second // 1 to 28 s
		time.Sleep(quiet)
		b.Kill()
		c.cmd.Process.Kill()
		c.cmd.Wait()

		fresh := launch(t)
		s := open(t, path, keeper.Keeping{Endpoint: fresh.Endpoint()})
		await(t, s, keeper.Restored, time.Time{})
		with := use(t, fresh).open(site.URL + "/").loggedIn()
		s.Close()
		fresh.Kill()

		again := launch(t, profile)
		without := use(t, again).open(site.URL + "/").loggedIn()
		again.Kill()
		t.Logf("killed after %v: with the keeper %v, in the profile %v", quiet, with, without)
		kept += count(with)
		own += count(without)
	}
	t.Logf("logged in after the kill: %d of %d with the keeper, %d of %d by the browser's own profile", kept, *numbers, own, *numbers)
	if kept != *numbers {
		t.Error("a login was lost")
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
