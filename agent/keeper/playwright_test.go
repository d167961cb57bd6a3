package keeper_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// playwrights are the versions that files are exchanged with: the last ones of
// three ways to write IndexedDB.
var playwrights = []string{"1.62.0", "1.64.1", "1.65.1"}

// playwright returns the directory of an installed playwright-core, which is
// fetched once into the user's cache. It brings no browser.
func playwright(t *testing.T, version string) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			need(t, err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		need(t, err)
	}
	dir := filepath.Join(cache, "wholly-interop", "playwright-core-"+version)
	module := filepath.Join(dir, "node_modules", "playwright-core")
	if _, err := os.Stat(filepath.Join(module, "package.json")); err == nil {
		return module
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("npm", "install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund", "playwright-core@"+version)
	if out, err := cmd.CombinedOutput(); err != nil {
		need(t, fmt.Errorf("npm install playwright-core@%s: %w: %s", version, err, out))
	}
	return module
}

type told struct {
	Me        string
	Local     [][2]string
	Databases string
	Cookies   []string
}

// Files of ours load there as they are, and theirs load here: cookies,
// localStorage and IndexedDB.
func TestPlaywrightAndWeReadEachOther(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	tb := u.open(site.URL + "/login")
	tb.js(`localStorage.setItem('token', 'é😀'); localStorage.setItem('half', '\ud800'); localStorage.setItem('', 'x');
		document.cookie = 'unset=1; max-age=1000'`)
	u.open(site.other() + "/cookie?c=part%3D1%3B+Secure%3B+Partitioned%3B+SameSite%3DNone%3B+Path%3D/")
	tb.js(kinds)
	want := told{Me: "in", Databases: tb.js(dumpAll), Cookies: []string{"part", "sid", "unset"}}
	json.Unmarshal([]byte(tb.js("JSON.stringify(Object.keys(localStorage).sort().map(k => [k, localStorage.getItem(k)]))")), &want.Local)
	s, r, err := attach(t, b, keeper.Options{Context: from}).Capture(t.Context())
	if err != nil || !r.Whole() {
		t.Fatalf("%+v, %v", r, err)
	}
	s, _ = storagestate.Convert(s, storagestate.Playwright)
	dir := t.TempDir()
	ours, dump := filepath.Join(dir, "ours.json"), filepath.Join(dir, "dump.js")
	write(t, ours, read(t, s).text)
	write(t, dump, dumpAll)
	browser, err := exec.LookPath("chromium")
	if env := os.Getenv("CHROME_BIN"); env != "" {
		browser, err = env, nil
	}
	if err != nil {
		need(t, err)
	}
	versions := playwrights
	if !*long {
		versions = versions[len(versions)-1:]
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			module := playwright(t, version)
			theirs := filepath.Join(dir, version+".json")
			cmd := exec.Command("node", "testdata/interop.cjs", module, browser, site.URL, ours, theirs, dump)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("Playwright did not load our file: %v", err)
			}
			var got told
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got.Me, got.Local, got.Cookies) != fmt.Sprint(want.Me, want.Local, want.Cookies) {
				t.Errorf("Playwright has\n%+v\nwant\n%+v", got, want)
			}
			if g, w := known(lostThere[version], got.Databases), known(lostThere[version], want.Databases); g != w {
				diff(t, g, w)
			}
			back := backFrom(t, b, theirs, site)
			if fmt.Sprint(back.Me, back.Local, back.Cookies) != fmt.Sprint(want.Me, want.Local, want.Cookies) {
				t.Errorf("back from Playwright we have\n%+v\nwant\n%+v", back, want)
			}
			if g, w := known(lostBack[version], back.Databases), known(lostBack[version], got.Databases); g != w {
				diff(t, g, w)
			}
		})
	}
}

// backFrom restores a file of Playwright's into a context of ours.
func backFrom(t *testing.T, b *keeper.Browser, path string, site *site) (got told) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, u, to := shared(t)
	if _, err := attach(t, b, keeper.Options{Context: to}).Restore(t.Context(), decode(t, "%s", data), keeper.Restoring{}); err != nil {
		t.Fatal(err)
	}
	tb := u.open(site.URL + "/")
	got.Me = tb.js("fetch('/me').then(r => r.text())")
	got.Databases = tb.js(dumpAll)
	json.Unmarshal([]byte(tb.js("JSON.stringify(Object.keys(localStorage).sort().map(k => [k, localStorage.getItem(k)]))")), &got.Local)
	for _, c := range u.jar() {
		var cookie struct{ Name string }
		json.Unmarshal([]byte(c), &cookie)
		got.Cookies = append(got.Cookies, cookie.Name)
	}
	return got
}

// What Playwright does not keep, as lines of a dump: numbers are those of the
// list in kinds.
const (
	invalidDate = `^  16 = `               // becomes 1970
	protoKey    = `^  23 = `               // is lost
	collections = `^  2[45] = `            // Map and Set: empty objects before 1.63
	sameTwice   = `^  2[12] = `            // one thing in two places becomes two; in itself it fails
	falsyValues = `^  [1-6] = `            // are written as missing up to 1.64
	falsyKeys   = `^  (0|""|2) = `         // likewise, and "" as a value
	infinite    = `^  ([89]|-Infinity) = ` // become null
	minusZero   = `^  6 = `                // becomes 0
)

// lostThere is what a version does not load of our file; lostBack what it then
// does not write.
var (
	lostThere = map[string][]string{
		"1.62.0": {invalidDate, protoKey, collections},
		"1.64.1": {invalidDate, protoKey},
		"1.65.1": {invalidDate, protoKey},
	}
	lostBack = map[string][]string{
		"1.62.0": {sameTwice, falsyValues, falsyKeys, infinite, protoKey, collections},
		"1.64.1": {sameTwice, falsyValues, falsyKeys, infinite, protoKey},
		"1.65.1": {sameTwice, minusZero, protoKey},
	}
)

// known is a dump without the lines that are known not to be kept.
func known(lost []string, dump string) string {
	var lines []string
	for line := range strings.Lines(dump) {
		if !slices.ContainsFunc(lost, func(p string) bool { return regexp.MustCompile(p).MatchString(line) }) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return strings.Join(lines, "\n")
}
