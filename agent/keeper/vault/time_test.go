package vault

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Who waits long for the others is not taken for a program without a record: its
// file is as old as it says.
func TestTheRecordIsAsOldAsTheFile(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{})
	k.saves(t, "a=1")
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- wholly.Update(ctx, path, 0o600, func([]byte) ([]byte, error) {
			close(held)
			<-release
			return nil, wholly.ErrUnchanged
		})
	}()
	<-held
	saved := make(chan error)
	go func() {
		_, err := k.save(t, "a=2")
		saved <- err
	}()
	time.Sleep(50 * time.Millisecond) // it waits
	released := time.Now()
	close(release)
	if err := errors.Join(<-done, <-saved); err != nil {
		t.Fatal(err)
	}
	if at := load(t, opened(t, path, Options{})).Keeper.SavedAt; at.Before(released.Add(-time.Millisecond)) { // the record has milliseconds
		t.Errorf("saved at %v, by a save that could not begin to write before %v", at, released)
	}
}

// What a record leaves out was changed long ago: a change that waited while
// another keeper wrote the file is later than that.
func TestWhatARecordLeavesOutWasLongAgo(t *testing.T) {
	for name, changed := range map[string]func(id string, k storagestate.Keeper) map[string]time.Time{
		"an hour": func(string, storagestate.Keeper) map[string]time.Time { return nil },
		"a thousand others": func(_ string, k storagestate.Keeper) map[string]time.Time {
			all := map[string]time.Time{}
			for n := range changedMost {
				all[string(rune('a'+n))] = k.SavedAt.Add(-time.Minute)
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			k := keeps(t, path, Options{})
			k.saves(t, "a=1")
			they := keeps(t, path, Options{})
			they.saves(t, "a=theirs")
			id := storagestate.Item{Kind: storagestate.KindCookie, CookieKey: storagestate.CookieKey{Name: "a", Domain: "x.example", Path: "/"}}.ID()
			state := load(t, opened(t, path, Options{})).State
			record := state.Keeper()
			if _, known := record.Changed[id]; !known {
				t.Fatalf("%s is not in the record: %v", id, record.Changed)
			}
			record.Changed = changed(id, record)
			put(t, path, text(t, state.WithKeeper(record)))
			ours := holds(t, "a=ours")
			saved, err := k.Save(ctx, k.base, Capture{State: ours, Changed: map[string]time.Time{id: record.SavedAt.Add(-time.Second)}})
			if err != nil || items(saved.State) != "a=ours" {
				t.Error(items(saved.State), err)
			}
		})
	}
}

func text(t *testing.T, s *storagestate.State) string {
	t.Helper()
	var b strings.Builder
	if err := storagestate.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
