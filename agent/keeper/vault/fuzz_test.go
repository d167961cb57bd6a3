package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// FuzzFile: whatever stands in the file, a Load that fails touches nothing and
// forbids the Save; after one that succeeds a save keeps what was there, and is
// read by the next.
func FuzzFile(f *testing.F) {
	id := keyPair(f)
	for _, text := range []string{
		"", "{", "[]", "null", `{"cookies": [], "origins": []}`, `{"patterns": {}}`, `{"cookies": [], "keeper": {"version": 2}}`,
		`{"cookies": [{"name": "a", "value": "1", "domain": "x", "partitionKey": {"topLevelSite": "t"}}], "keeper": {"version": 1, "generation": 4, "writers": {"w": 4}, "changed": {"x": "2026-11-26T12:00:00Z"}, "savedAt": 5}}`,
		"age-encryption.org/v1\n-> X25519 abc\n", "age-encryption.org/v2\n", "-----BEGIN AGE ENCRYPTED FILE-----\n",
	} {
		f.Add([]byte(text))
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err != nil {
		f.Fatal(err)
	}
	w.Write([]byte(`{"cookies": [{"name": "a", "value": "1", "domain": "x"}]}`))
	w.Close()
	f.Add(sealed.Bytes())
	samples, _ := filepath.Glob("../../testdata/samples/*s*t*.json")
	for _, name := range samples {
		if data, err := os.ReadFile(name); err == nil && len(data) < 10_000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := newPath(t)
		put(t, path, string(data))
		v := opened(t, path, with(id))
		held, err := v.Load()
		if err != nil {
			if _, err := v.Save(ctx, nil, Capture{State: holds(t, "new=1"), Adopt: true}); err == nil {
				t.Error("a file that cannot be read was written over")
			}
			if get(t, path) != string(data) || names(t, v.dir()) != "state.json" {
				t.Errorf("a failed Load left %s", names(t, v.dir()))
			}
			return
		}
		saved, err := v.Save(ctx, nil, Capture{State: holds(t, "new=1")})
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		again := load(t, opened(t, path, with(id)))
		if !storagestate.Same(again.State, saved.State) || !again.Encrypted || !again.Private {
			t.Errorf("%q: it was not read as it was written", data)
		}
		kept := map[string]bool{}
		for i := range again.State.Items() {
			kept[i.ID()] = true
		}
		// What is over goes, the rest stays.
		alive, _ := storagestate.Merge(held.State, nil, storagestate.Options{Now: time.Now()})
		for i := range alive.Items() {
			if !kept[i.ID()] {
				t.Errorf("%q: %s is lost", data, i)
			}
		}
	})
}
