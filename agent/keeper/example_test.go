package keeper_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/agent/keeper"
)

// An agent launches its browser, and its logins outlive both.
func ExampleOpen() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s, err := keeper.Open(ctx, "logins.json", keeper.Keeping{
		Launch: &keeper.Launching{},
		Options: keeper.Options{
			ExcludeDomains: []string{"ads.example"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for e := range s.Events(ctx) {
		if e.Kind == keeper.SavedNow {
			fmt.Println(e.Saved.What, "after", e.Saved.Lag)
		}
	}
}

// What a browser stores now goes into another one.
func ExampleKeeper_Restore() {
	ctx := context.Background()
	from, err := keeper.Attach(ctx, "127.0.0.1:9222", keeper.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer from.Close()
	to, err := keeper.Attach(ctx, "127.0.0.1:9333", keeper.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer to.Close()
	state, _, err := from.Capture(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := to.Restore(ctx, state, keeper.Restoring{Open: []string{"https://shop.example/account"}})
	fmt.Println(report.Whole(), err)
}

// keepLogins is ExampleOpen with what a test has to give it: it keeps until the
// first login is on the disk.
func keepLogins(ctx context.Context, path string, logIn func(s *keeper.Session)) (string, error) {
	s, err := keeper.Open(ctx, path, keeper.Keeping{Launch: &keeper.Launching{Args: testArgs}})
	if err != nil {
		return "", err
	}
	done := make(chan struct{})
	go func() { defer close(done); logIn(s) }()
	said := ""
	for e := range s.Events(ctx) {
		if e.Kind == keeper.SavedNow && e.Saved.Cookies > 0 {
			said = e.Saved.What[0]
			break
		}
	}
	<-done
	_, err = s.Close()
	return said, err
}

// The example runs as it stands: launched, logged in, told, ended.
func TestTheExampleRuns(t *testing.T) {
	site := newSite(t)
	path := filepath.Join(t.TempDir(), "logins.json")
	said, err := keepLogins(t.Context(), path, func(s *keeper.Session) {
		state := decode(t, `{"cookies": [{"name": "sid", "value": "v", "domain": "127.0.0.1", "path": "/"}]}`)
		if _, err := s.Keeper().Restore(t.Context(), state, keeper.Restoring{Open: []string{site.URL + "/"}}); err != nil {
			t.Error(err)
		}
	})
	if errors.Is(err, keeper.ErrNotInstalled) {
		need(t, err)
	}
	if err != nil || said != "added cookie sid of 127.0.0.1/" {
		t.Errorf("said %q, %v", said, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
