package keeper_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// state is a storage state as a test reads it.
type state struct {
	Cookies []map[string]any `json:"cookies"`
	Origins []struct {
		Origin         string  `json:"origin"`
		LocalStorage   []entry `json:"localStorage"`
		SessionStorage []entry `json:"sessionStorage"`
		IndexedDB      []struct {
			Name   string `json:"name"`
			Stores []struct {
				Name    string            `json:"name"`
				Records []json.RawMessage `json:"records"`
			} `json:"stores"`
		} `json:"indexedDB"`
	} `json:"origins"`
	text string
}

type entry struct{ Name, Value string }

func read(t testing.TB, s *storagestate.State) state {
	t.Helper()
	var b bytes.Buffer
	if err := storagestate.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return parse(t, b.Bytes())
}

func parse(t testing.TB, data []byte) state {
	t.Helper()
	s := state{text: string(data)}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s state) local(origin, name string) (string, bool) {
	for _, o := range s.Origins {
		for _, e := range o.LocalStorage {
			if o.Origin == origin && e.Name == name {
				return e.Value, true
			}
		}
	}
	return "", false
}

func (s state) session(origin, name string) (string, bool) {
	for _, o := range s.Origins {
		for _, e := range o.SessionStorage {
			if o.Origin == origin && e.Name == name {
				return e.Value, true
			}
		}
	}
	return "", false
}

func (s state) cookie(name string) map[string]any {
	for _, c := range s.Cookies {
		if c["name"] == name {
			return c
		}
	}
	return nil
}

func capture(t testing.TB, k *keeper.Keeper) (state, keeper.Report) {
	t.Helper()
	s, r, err := k.Capture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return read(t, s), r
}

func TestCapture(t *testing.T) {
	b := launch(t)
	site := newSite(t)
	u := use(t, b)
	tb := u.open(site.URL + "/login")
	tb.js("localStorage.setItem('token', 'é\\ud800'); sessionStorage.setItem('step', '2'); document.cookie = 'seen=1'")
	site.seen()
	k := attach(t, b, keeper.Options{})
	s, r := capture(t, k)
	t.Log(s.text)
	t.Logf("%+v", r)
	if got := site.seen(); len(got) > 0 {
		t.Errorf("a capture made requests: %q", got)
	}
}
