package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
)

// words is a document that anything decodes to.
type words struct{ text string }

type wordsCodec struct{}

func (wordsCodec) New() words                        { return words{"new"} }
func (wordsCodec) Decode(data []byte) (words, error) { return words{"decoded " + string(data)}, nil }
func (wordsCodec) Encode(w io.Writer, v words) error { _, err := io.WriteString(w, v.text); return err }
func (d *Doc[T]) trusts() bool                       { d.mu.Lock(); defer d.mu.Unlock(); return d.trusted }
func openWords(t *testing.T, p wholly.Policy) (*Doc[words], string) {
	path := filepath.Join(t.TempDir(), "f")
	return OpenWith(p, path, wordsCodec{}), path
}

func putWords(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTrust: the cache is believed only with a stamp of its own that will tell
// of every change.
func TestTrust(t *testing.T) {
	doc, path := openWords(t, wholly.Policy{})
	load := func(what, text string, trusted bool) {
		t.Helper()
		v, err := doc.Load()
		if err != nil || v.text != text || doc.trusts() != trusted {
			t.Errorf("%s: %q, %v; trusted: %t", what, v.text, err, doc.trusts())
		}
	}
	load("missing", "new", true)
	putWords(t, path, "a")
	touch := func(when time.Time) {
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	touch(time.Now().Add(time.Minute)) // a moment that is not over soon
	load("of this moment", "decoded a", false)
	touch(time.Now())
	time.Sleep(60 * time.Millisecond)
	load("rested", "decoded a", true)
	if _, err := doc.Update(context.Background(), func(v *words) error { v.text = "b"; return nil }); err != nil || doc.trusts() {
		t.Errorf("after an update: %v, trusted: %t", err, doc.trusts())
	}
	// The file was made after the stamp was taken, and removed again.
	if _, err := doc.read(moment{settled: true}); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	load("removed", "new", true)
}

// TestDamageThatStaysIsToldAgain: what could not be mended is no cache.
func TestDamageThatStaysIsToldAgain(t *testing.T) {
	p := wholly.Policy{Wait: -1, Check: func(r io.Reader) error {
		data, err := io.ReadAll(r)
		if err == nil && string(data) == "bad" {
			err = fs.ErrNotExist // whatever a check says, there is a file
		}
		return err
	}}
	doc, path := openWords(t, p)
	putWords(t, path, "bad")
	if v, err := doc.Load(); !errors.Is(err, wholly.ErrNoGoodVersion) {
		t.Errorf("%q, %v", v.text, err)
	}
	putWords(t, path+".bak", "good")
	time.Sleep(60 * time.Millisecond)
	err := wholly.Update(context.Background(), path, 0o600, func([]byte) ([]byte, error) {
		for range 3 {
			v, err := doc.Load()
			var rec *wholly.Recovered
			if v.text != "decoded good" || !errors.As(err, &rec) || !errors.Is(rec.Repair, wholly.ErrBusy) {
				return nil, fmt.Errorf("%q, %w", v.text, err)
			}
		}
		return nil, wholly.ErrUnchanged
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNothingIsKnownBeforeTheFirstLook: not even an empty document.
func TestNothingIsKnownBeforeTheFirstLook(t *testing.T) {
	doc, _ := openWords(t, wholly.Policy{})
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if v, err := doc.Update(done, func(*words) error { return nil }); v.text != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", v.text, err)
	}
}
