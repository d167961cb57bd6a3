package store_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/store"
)

// TestPlacedButNotDurable has the sync of the directory fail, when the new
// content is in place: the error says so, and what is there counts as known.
func TestPlacedButNotDurable(t *testing.T) { // P6, P8
	for verb, do := range map[string]func(*store.Doc[settings]) error{
		"save":    func(doc *store.Doc[settings]) error { return doc.Save(ctx, settings{Name: "a"}) },
		"update":  func(doc *store.Doc[settings]) error { return errorOf(doc.Update(ctx, named("a"))) },
		"restore": func(doc *store.Doc[settings]) error { return errorOf(doc.Restore(ctx, 1)) },
	} {
		d := crash.New()
		d.Put(file, text("b"), 0o600)
		d.Put(file+".bak", text("a"), 0o600)
		doc := docOn(d)
		if _, err := doc.Load(); err != nil {
			t.Fatal(err)
		}
		d.Fault = func(op crash.Op) error {
			if op.Kind == "dirsync" {
				return errMine
			}
			return nil
		}
		err := do(doc)
		d.Fault = nil
		if !errors.Is(err, wholly.ErrNotDurable) || stateOf(err) != wholly.New {
			t.Errorf("%s: %v", verb, err)
		}
		v, err := doc.Update(ctx, func(*settings) error { return errMine })
		want(t, verb+" placed it", v, err, "a", errMine)
		if err := doc.Save(ctx, settings{Name: "c"}); err != nil {
			t.Errorf("%s, then a save over what it placed: %v", verb, err)
		}
	}
}

// TestSaveOfWhatWasSeen saves what the file no longer holds.
func TestSaveOfWhatWasSeen(t *testing.T) {
	for backup, cause := range map[string]error{"a": wholly.ErrInvalid, "b": wholly.ErrChanged} {
		doc, path := open(t)
		put(t, path, string(text("a")))
		v, err := doc.Load()
		want(t, "load", v, err, "a", nil)
		put(t, path, "{torn")
		put(t, path+".bak", string(text(backup)))
		err = doc.Save(ctx, v)
		if !errors.Is(err, cause) || errors.Is(err, wholly.ErrChanged) != (cause == wholly.ErrChanged) {
			t.Errorf("damaged, the version before was %s: %v", backup, err)
		}
	}
	d := crash.New()
	d.Put(file, text("a"), 0o600)
	doc := docOn(d)
	v, err := doc.Load()
	want(t, "load", v, err, "a", nil)
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := doc.Save(done, v); !errors.Is(err, context.Canceled) {
		t.Errorf("its time is over: %v", err)
	}
	d.Fault = func(op crash.Op) error { return errMine }
	if err := doc.Save(ctx, v); !errors.Is(err, errMine) || errors.Is(err, wholly.ErrChanged) {
		t.Errorf("it cannot be looked at: %v", err)
	}
}

// TestTheConditionOfThePolicyHasNoMeaning: it would forbid every second write.
func TestTheConditionOfThePolicyHasNoMeaning(t *testing.T) {
	path := t.TempDir() + "/f"
	doc := store.OpenWith(wholly.Policy{If: wholly.IfAbsent}, path, store.JSON[settings]())
	for _, name := range []string{"a", "b"} {
		v, err := doc.Update(ctx, named(name))
		want(t, "update", v, err, name, nil)
	}
	if _, err := doc.Restore(ctx, 1); !errors.Is(err, wholly.ErrNoVersion) {
		t.Error(err)
	}
}

// TestTheRecoveryOfAnotherIsAnError: a check that read another file, and had it
// recovered, has still refused this one.
func TestTheRecoveryOfAnotherIsAnError(t *testing.T) {
	path := t.TempDir() + "/f"
	others := &wholly.Recovered{Path: "another", Damage: errMine}
	strict := false
	p := wholly.Policy{Check: func(io.Reader) error {
		if strict {
			return others
		}
		return nil
	}}
	doc := store.OpenWith(p, path, store.JSON[settings]())
	v, err := doc.Update(ctx, named("a"))
	want(t, "good", v, err, "a", nil)
	v, err = doc.Update(ctx, func(s *settings) error { s.Name, strict = "b", true; return nil })
	want(t, "refused", v, err, "a", errMine)
	strict = false
	v, err = doc.Load()
	want(t, "afterwards", v, err, "a", nil)
	if err := doc.Save(ctx, settings{Name: "c"}); err != nil {
		t.Error(err)
	}
}

// moody decodes only while it is willing.
type moody struct {
	store.Codec[settings]
	willing *int
}

func (m moody) Decode(data []byte) (settings, error) {
	if *m.willing--; *m.willing < 0 {
		return settings{}, errMine
	}
	return m.Codec.Decode(data)
}

// TestAnErrorOfDecodingIsNotLost: what has passed its check is decoded once
// more where the check knew it without decoding.
func TestAnErrorOfDecodingIsNotLost(t *testing.T) {
	willing := 9
	doc := store.OpenWith(wholly.Policy{Keep: 1}, t.TempDir()+"/f", moody{store.JSON[settings](), &willing})
	for _, name := range []string{"a", "b"} {
		v, err := doc.Update(ctx, named(name))
		want(t, "update", v, err, name, nil)
	}
	willing = 1 // for what fn gets, not for what is returned
	if _, err := doc.Update(ctx, func(*settings) error { return wholly.ErrUnchanged }); !errors.Is(err, errMine) {
		t.Errorf("update: %v", err)
	}
	if v, err := doc.Load(); !errors.Is(err, errMine) {
		t.Errorf("load: %+v, %v", v, err)
	}
}
