package vault

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
)

// short keeps a version at every save.
var short = Options{Every: time.Nanosecond}

// The file breaks while a keeper runs; what its browser has not changed since is
// on nobody's mind but the keeper's.
func TestWhatBreaksUnderAKeeperIsWrittenAgain(t *testing.T) {
	for _, v := range []struct {
		name  string
		o     Options
		spoil func(t *testing.T, path string)
	}{
		{"damaged, with an older version", short, func(t *testing.T, path string) { put(t, path, `{"cookies": [`) }},
		{"damaged, without a version", Options{Versions: -1}, func(t *testing.T, path string) { put(t, path, `{"cookies": [`) }},
		{"emptied, with an older version", short, func(t *testing.T, path string) { put(t, path, "") }},
		{"emptied, without a version", Options{Versions: -1}, func(t *testing.T, path string) { put(t, path, "") }},
		{"removed", short, func(t *testing.T, path string) { os.Remove(path) }},
		{"removed with its versions", short, func(t *testing.T, path string) { os.Remove(path); os.Remove(path + ".bak") }},
		{"put back to an older version", short, func(t *testing.T, path string) { put(t, path, get(t, path+".bak")) }},
		{"mended by another from an older version", short, func(t *testing.T, path string) {
			put(t, path, "{")
			load(t, opened(t, path, Options{}))
		}},
	} {
		path := newPath(t)
		k := keeps(t, path, v.o)
		k.saves(t, "old=1", "gone=1")
		k.saves(t, "old=1", "sid=1", "x.example k=1")
		v.spoil(t, path)
		saved := k.saves(t, "old=1", "sid=1", "x.example k=1", "new=1")
		if got := items(saved.State); got != "new=1, old=1, sid=1, x.example k=1" || onDisk(t, path, Options{}) != got {
			t.Errorf("%s: %s", v.name, got)
		}
		if strings.HasPrefix(v.name, "damaged") && (saved.Recovered == nil || !strings.Contains(names(t, k.dir()), ".bad-")) {
			t.Errorf("%s: %v, %s", v.name, saved.Recovered, names(t, k.dir()))
		}
		if saved.Generation < 3 {
			t.Errorf("%s: generation %d", v.name, saved.Generation)
		}
	}
}

// Two keepers, and the file breaks: who mends it knows less than the other.
func TestBreakingLosesNothingOfTheOtherKeeper(t *testing.T) {
	path := newPath(t)
	keeps(t, path, short).saves(t, "base=1")
	a, b := keeps(t, path, short), keeps(t, path, short)
	a.saves(t, "base=1", "a=1")
	b.saves(t, "base=1", "b=1")
	b.saves(t, "base=1", "b=1", "b2=1")
	put(t, path, "{")
	a.saves(t, "base=1", "a=2") // knows nothing of b
	b.saves(t, "base=1", "b=1", "b2=1", "b3=1")
	if got := onDisk(t, path, Options{}); got != "a=2, b2=1, b3=1, b=1, base=1" {
		t.Error(got)
	}
}

// A keeper is killed when the file has its second name, the earlier version's,
// and not yet its successor: what others had not seen of it is no rollback.
func TestWhoIsKilledBetweenTwoNamesLosesNothing(t *testing.T) {
	edit := func(t *testing.T, path string) { // by a program that keeps no record
		text := get(t, path)
		put(t, path, strings.Replace(text[:strings.Index(text, `"keeper"`)], secret+"1", secret+"7", 1)+`"x": 1}`)
	}
	link := func(t *testing.T, path string) {
		if err := os.Link(path, path+".bak"); err != nil {
			t.Skip(err)
		}
	}
	copied := func(t *testing.T, path string) { put(t, path+".bak", get(t, path)) }
	for _, v := range []struct {
		name   string
		before func(*testing.T, string)
		second func(*testing.T, string)
		want   string
	}{
		{"a link", nil, link, "a=2, b2=1, b=1, base=1"},
		{"a copy", nil, copied, "a=2, b2=1, b=1, base=1"},
		{"a link, and a program without a record", edit, link, "a=2, b2=1, b=1, base=7"},
	} {
		t.Run(v.name, func(t *testing.T) {
			path := newPath(t)
			keeps(t, path, short).saves(t, "base=1")
			a, b := keeps(t, path, short), keeps(t, path, short)
			a.saves(t, "base=1", "a=1")
			b.saves(t, "base=1", "b=1")
			b.saves(t, "base=1", "b=1", "b2=1")
			if v.before != nil {
				v.before(t, path)
			}
			os.Remove(path + ".bak")
			v.second(t, path)
			a.saves(t, "base=1", "a=2")
			if got := onDisk(t, path, Options{}); got != v.want {
				t.Errorf("%s, want %s", got, v.want)
			}
		})
	}
}

// Who edits the file by hand, or with a tool, means it.
func TestAnEditIsNoRollback(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1", "b=1")
	text := get(t, path)
	from := strings.Index(text, "{\n      \"name\": \"a\"")
	to := from + strings.Index(text[from:], "},") + 2
	put(t, path, text[:from]+text[to:])
	if got := items(k.saves(t, "a=1", "b=1", "c=1").State); got != "b=1, c=1" {
		t.Error(got)
	}
}

func TestLoadRecovers(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, short)
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	for _, bad := range []string{"", "{", "\x00\x00\x00\x00", `[1`, `{"cookies": 7}`} {
		put(t, path, bad)
		held := load(t, opened(t, path, Options{}))
		if held.Recovered == nil || items(held.State) != "a=1" || strings.Contains(held.Recovered.Error(), secret) {
			t.Errorf("%q: %v, %s", bad, held.Recovered, items(held.State))
		}
	}
	if held := load(t, opened(t, path, Options{})); held.Recovered != nil {
		t.Error("the file was not mended")
	}
}

func TestNothingThereIsAnEmptyState(t *testing.T) {
	path := newPath(t)
	if held := load(t, opened(t, path, Options{})); held.Exists || held.State.Live(time.Now()) != 0 {
		t.Errorf("%+v", held)
	}
	put(t, path, "")
	f := opened(t, path, Options{})
	held := load(t, f)
	if !held.Exists || !held.Blank || held.State.Live(time.Now()) != 0 {
		t.Errorf("%+v", held)
	}
	saved, err := f.Save(ctx, held.State, Capture{State: holds(t, "a=1")})
	if err != nil || onDisk(t, path, Options{}) != "a=1" || names(t, f.dir()) != "state.json" {
		t.Errorf("%+v %v %s", saved, err, names(t, f.dir()))
	}
}

func TestABlankFileBesideABadVersionIsLeftAlone(t *testing.T) {
	path := newPath(t)
	put(t, path, "")
	put(t, path+".bak", "{")
	f := opened(t, path, Options{})
	_, err := f.Load()
	fails(t, err, wholly.ErrNoGoodVersion)
	if get(t, path) != "" || get(t, path+".bak") != "{" || names(t, f.dir()) != "state.json state.json.bak" {
		t.Error(names(t, f.dir()))
	}
}

func TestAHugeFileIsNotRead(t *testing.T) {
	path := newPath(t)
	put(t, path, "{")
	if err := os.Truncate(path, agent.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	f := opened(t, path, Options{})
	_, err := f.Load()
	fails(t, err, wholly.ErrInvalid)
	if !strings.Contains(err.Error(), "more than a state file may have") {
		t.Error(err)
	}
}

func TestBadFilesAreLeftAlone(t *testing.T) {
	for _, v := range []struct {
		name, text string
		want       error
	}{
		{"cut off", `{"cookies": [{"name": "` + secret, wholly.ErrNoGoodVersion},
		{"no JSON", secret, wholly.ErrNoGoodVersion},
		{"a word", `"` + secret + `"`, wholly.ErrNoGoodVersion},
		{"null", `null`, wholly.ErrNoGoodVersion},
		{"another's", `{"patterns": {"` + secret + `": 1}}`, ErrNotState},
		{"a later record", `{"cookies": [], "keeper": {"version": 2, "x": "` + secret + `"}}`, ErrNewer},
		{"a later age", "age-encryption.org/v2\n" + secret, ErrNewer},
		{"encrypted and cut off", "age-encryption.org/v1\n-> X25519 " + secret, wholly.ErrNoGoodVersion},
		{"a broken armor", "-----BEGIN AGE ENCRYPTED FILE-----\n" + secret, wholly.ErrNoGoodVersion},
	} {
		path := newPath(t)
		put(t, path, v.text)
		f := opened(t, path, Options{})
		_, err := f.Load()
		fails(t, err, v.want)
		if _, err := f.Save(ctx, nil, Capture{State: holds(t, "a=1"), Adopt: true}); err == nil {
			t.Errorf("%s: it was written over", v.name)
		}
		if get(t, path) != v.text || names(t, f.dir()) != "state.json" {
			t.Errorf("%s: %s", v.name, names(t, f.dir()))
		}
	}
}

// The file becomes what nobody may write over while a keeper runs.
func TestWhatOthersMakeOfTheFileIsNotWrittenOver(t *testing.T) {
	for text, want := range map[string]error{
		`{"patterns": {}}`:                          ErrNotState,
		`{"cookies": [], "keeper": {"version": 2}}`: ErrNewer,
		"age-encryption.org/v2\nx":                  ErrNewer,
	} {
		path := newPath(t)
		k := keeps(t, path, Options{})
		k.saves(t, "a=1")
		put(t, path, text)
		_, err := k.save(t, "a=2")
		fails(t, err, want)
		fails(t, err, wholly.ErrChanged)
		if get(t, path) != text || names(t, k.dir()) != "state.json" {
			t.Errorf("%q: %s", text, names(t, k.dir()))
		}
	}
}

func TestBadPlaces(t *testing.T) {
	dir := filepath.Dir(newPath(t))
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	put(t, file, "x")
	for _, path := range []string{sub, filepath.Join(file, "state.json")} {
		f, err := Open(path, Options{})
		if err == nil {
			_, err = f.Load()
		}
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", path, err)
		}
		if f != nil && err == nil {
			t.Error(path)
		}
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink(loop, loop); err == nil {
		if _, err := Open(loop, Options{}); err == nil {
			t.Error("a link to itself was opened")
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(sub, "state.json"), link); err == nil {
		keeps(t, link, Options{}).saves(t, "a=1")
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || onDisk(t, filepath.Join(sub, "state.json"), Options{}) != "a=1" {
			t.Error("the link was replaced", err)
		}
	}
}
