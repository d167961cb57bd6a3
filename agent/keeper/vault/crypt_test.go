package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/wholly-go/wholly"
)

func keyPair(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// with are the options of one who saves and reads.
func with(id *age.X25519Identity) Options {
	return Options{Recipients: []age.Recipient{id.Recipient()}, Identities: []age.Identity{id}, Every: time.Nanosecond}
}

// sealed checks that no file of the directory tells a value.
func sealed(t testing.TB, dir string) {
	t.Helper()
	for _, name := range strings.Fields(names(t, dir)) {
		if text := get(t, filepath.Join(dir, name)); strings.Contains(text, secret) || !Encrypted([]byte(text)) {
			t.Errorf("%s is not encrypted", name)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Error(name, info.Mode(), err)
		}
	}
}

func TestEncryptedRoundTrip(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	k := keeps(t, path, with(id))
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	text := get(t, path)
	if saved := k.saves(t, "a=2"); saved.Written || get(t, path) != text {
		t.Error("the same was encrypted anew")
	}
	sealed(t, k.dir())
	held := load(t, opened(t, path, Options{Identities: []age.Identity{keyPair(t), id}}))
	if !held.Encrypted || items(held.State) != "a=2" {
		t.Errorf("%+v", held)
	}
	// Two keepers that can read merge as ever.
	other := keeps(t, path, with(id))
	other.saves(t, "a=2", "b=1")
	if got := items(k.saves(t, "a=3").State); got != "a=3, b=1" {
		t.Error(got)
	}
	// A damage is found, and recovered from.
	put(t, path, get(t, path)[:len(text)-5])
	if held := load(t, opened(t, path, with(id))); held.Recovered == nil || items(held.State) != "a=2, b=1" {
		t.Error(held.Recovered, items(held.State))
	}
}

func TestWithoutTheKeyNothingIsTouched(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	// An older version that anybody can read must not take the file's place.
	put(t, path+".bak", `{"cookies": []}`)
	keeps(t, path, with(id)).saves(t, "a=1")
	text, was := get(t, path), names(t, filepath.Dir(path))
	wrong := keyPair(t)
	for _, v := range []struct {
		o    Options
		want error
	}{
		{Options{}, ErrNoIdentity},
		{Options{Recipients: []age.Recipient{id.Recipient()}}, ErrNoIdentity},
		{with(wrong), ErrWrongIdentity},
	} {
		f := opened(t, path, v.o)
		_, err := f.Load()
		fails(t, err, v.want)
		_, err = f.Save(ctx, nil, Capture{State: holds(t, "b=1"), Adopt: true})
		fails(t, err, ErrNotLoaded)
		if get(t, path) != text || names(t, f.dir()) != was {
			t.Fatal("it was touched:", names(t, f.dir()))
		}
	}
	// What is cut off behind its header can be seen to be, too.
	header, err := age.ExtractHeader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, text[:len(header)+20])
	if held := load(t, opened(t, path, Options{})); held.Recovered == nil {
		t.Errorf("%+v", held)
	}
	// What is cut off in its header is damaged for everybody.
	put(t, path, text[:60])
	if held := load(t, opened(t, path, Options{})); held.Recovered == nil || held.Encrypted {
		t.Errorf("%+v", held)
	}
}

func TestAKeeperWithoutAKeyKnowsItsOwnFile(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	k := keeps(t, path, Options{Recipients: []age.Recipient{id.Recipient()}, Every: time.Nanosecond})
	k.saves(t, "a=1")
	k.saves(t, "a=1", "b=1")
	if saved := k.saves(t, "a=1", "b=1"); saved.Written {
		t.Error("the same was encrypted anew")
	}
	sealed(t, k.dir())
	if got := onDisk(t, path, with(id)); got != "a=1, b=1" {
		t.Error(got)
	}
	// Another writes: it cannot be read, so it is not written over.
	keeps(t, path, with(id)).saves(t, "a=1", "b=1", "c=1")
	text := get(t, path)
	_, err := k.save(t, "a=2")
	fails(t, err, ErrNoIdentity)
	fails(t, err, wholly.ErrChanged)
	if get(t, path) != text {
		t.Error("it was written over")
	}
	// A rollback and a loss are no news to it.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	k.saves(t, "a=2")
	if got := onDisk(t, path, with(id)); got != "a=2" {
		t.Error(got)
	}
}

func TestWhatIsEncryptedStaysSo(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	keeps(t, path, with(id)).saves(t, "a=1")
	text := get(t, path)
	k := keeps(t, path, Options{Identities: []age.Identity{id}})
	_, err := k.save(t, "a=2")
	fails(t, err, ErrNoRecipient)
	if get(t, path) != text {
		t.Error("it was written")
	}
}

// Who begins to encrypt does not leave what was open before beside it.
func TestBeginningToEncrypt(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	k := keeps(t, path, short)
	k.saves(t, "a=1")
	k.saves(t, "a=2")
	k = keeps(t, path, with(id))
	if saved := k.saves(t, "a=2"); !saved.Written || saved.Generation != 3 {
		t.Errorf("%+v", saved)
	}
	sealed(t, k.dir())
	if got := onDisk(t, path, with(id)); got != "a=2" {
		t.Error(got)
	}
}

func TestArmoredFilesAreRead(t *testing.T) {
	id, path := keyPair(t), newPath(t)
	var b bytes.Buffer
	a := armor.NewWriter(&b)
	w, err := age.Encrypt(a, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(`{"cookies": [{"name": "a", "value": "` + secret + `1", "domain": "x.example"}]}`))
	w.Close()
	a.Close()
	put(t, path, b.String())
	if got := onDisk(t, path, with(id)); got != "a=1" {
		t.Error(got)
	}
}

func TestPassphrasesAreRefused(t *testing.T) {
	r, err := age.NewScryptRecipient("pass")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(newPath(t), Options{Recipients: []age.Recipient{r}}); err == nil {
		t.Error("each save would cost a second")
	}
}
