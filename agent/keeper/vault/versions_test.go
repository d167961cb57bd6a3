package vault

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
)

func TestVersionsComeByAgeNotBySave(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Every: time.Hour, Versions: 3})
	k.saves(t, "a=0")
	for n := range 10 {
		saved := k.saves(t, "a="+string(rune('1'+n)))
		if saved.Kept != (n == 0) {
			t.Errorf("save %d kept a version: %v", n, saved.Kept)
		}
	}
	if names(t, k.dir()) != "state.json state.json.bak" || !strings.Contains(get(t, path+".bak"), secret+"0") {
		t.Error(names(t, k.dir()))
	}
	// Another keeper knows from the file when the last one was kept.
	if other := keeps(t, path, Options{Every: time.Hour}); other.saves(t, "a=x").Kept {
		t.Error("another keeper kept one more")
	}
}

// Whether a version is due is known under the lock: another may just have kept
// one, which this keeper has not seen.
func TestWhetherAVersionIsDueIsSeenUnderTheLock(t *testing.T) {
	path := newPath(t)
	o := Options{Every: 300 * time.Millisecond}
	keeps(t, path, o).saves(t, "a=1")
	keeps(t, path, o).saves(t, "a=2")
	late, other := keeps(t, path, o), keeps(t, path, o)
	time.Sleep(o.Every)
	if !other.saves(t, "a=3").Kept {
		t.Error("no version was kept when one was due")
	}
	if late.saves(t, "a=4").Kept {
		t.Error("a version was kept that was not due")
	}
	// The other way round: it seemed early, and the record says that it is late.
	keeps(t, path, o).saves(t, "a=5")
	late = keeps(t, path, Options{Every: time.Minute})
	text := get(t, path)
	i := strings.Index(text, `"keptAt": "`) + len(`"keptAt": "`)
	put(t, path, text[:i]+"2001"+text[i+4:])
	if !late.saves(t, "a=6").Kept {
		t.Error("no version was kept when one was due")
	}
}

func TestAnEmptyContentIsNoVersion(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Every: time.Hour})
	k.saves(t)
	k.saves(t, "a=1")
	if names(t, k.dir()) != "state.json" {
		t.Error(names(t, k.dir()))
	}
	if !k.saves(t, "a=2").Kept || !strings.Contains(get(t, path+".bak"), secret+"1") {
		t.Error("the first content with something in it is no version")
	}
}

func TestNoVersionsWhereNoneAreWanted(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Versions: -1, Every: time.Nanosecond})
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	if names(t, k.dir()) != "state.json" {
		t.Error(names(t, k.dir()))
	}
}

// A logout is one on the whole disk, an hour later.
func TestVersionsForgetALogout(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Every: time.Nanosecond, Versions: 2, Forget: time.Hour})
	k.saves(t, "sid=login", "x.example k=1")
	aged(t, path, 3*time.Hour) // it was quiet since
	k.saves(t, "x.example k=1")
	if err := os.Chmod(path+".bak", 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := k.Forget(ctx); n != 0 || err != nil {
		t.Error("what was put aside a moment ago is forgotten:", n, err)
	}
	if !strings.Contains(get(t, path+".bak"), secret+"login") {
		t.Fatal("the version is not what it should be")
	}
	k.options.Forget = time.Nanosecond
	n, err := k.Forget(ctx)
	if n != 1 || err != nil {
		t.Error(n, err)
	}
	for _, name := range strings.Fields(names(t, k.dir())) {
		if strings.Contains(get(t, filepath.Join(k.dir(), name)), secret+"login") {
			t.Errorf("%s still has the login", name)
		}
	}
	if get(t, path+".bak") != get(t, path) {
		t.Error("the version is not the present content")
	}
	if info, err := os.Stat(path + ".bak"); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if n, err := k.Forget(ctx); n != 0 || err != nil {
		t.Error("there was nothing to forget:", n, err)
	}
}

func TestForgetGoesThroughAllVersions(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Every: time.Nanosecond, Versions: 3, Forget: time.Hour})
	for _, v := range []string{"1", "2", "3", "4"} {
		k.saves(t, "sid="+v)
	}
	aged(t, path+".bak", 2*time.Hour)
	aged(t, path+".bak.2", 2*time.Hour) // so .bak.3 was put aside two hours ago, .bak just now
	put(t, path+".bak.9", `{"cookies": [{"name": "sid", "value": "`+secret+`9", "domain": "x.example"}]}`)
	n, err := k.Forget(ctx)
	if n != 2 || err != nil {
		t.Error(n, err)
	}
	if !strings.Contains(get(t, path+".bak"), secret+"3") {
		t.Error("the newest version went, which is young")
	}
	for _, name := range []string{".bak.2", ".bak.3"} {
		if get(t, path+name) != get(t, path) {
			t.Error(name, "was put aside two hours ago and is not the present content")
		}
	}
	if info, err := os.Stat(path + ".bak.2"); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Error(info.Mode(), err)
	}
}

func TestForgetTouchesNothingWhereTheFileIsGone(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, short)
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	k.options.Forget = time.Nanosecond
	if n, err := k.Forget(ctx); n != 0 || err != nil || !strings.Contains(get(t, path+".bak"), secret+"1") {
		t.Error(n, err)
	}
}

func TestVersionsTellTheirDamage(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, short)
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	put(t, path+".bak", "{")
	var all []wholly.VersionInfo
	for v, err := range k.Versions() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != 2 || all[0].Damage != nil || all[1].Damage == nil {
		t.Errorf("%+v", all)
	}
}
