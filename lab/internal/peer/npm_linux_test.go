package peer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestNewestThatThisNodeMayRun(t *testing.T) {
	for node, want := range map[string]string{
		"v26.1.0": "8.0.0", "v26.0.0": "8.0.0", "v24.15.0": "8.0.0", "v22.22.2": "8.0.0",
		"v25.0.0": "7.0.1", "v24.14.9": "7.0.1", "v23.0.0": "7.0.1", "v22.22.1": "7.0.1", "v22.9.0": "7.0.1", "v20.20.2": "7.0.1", "v20.17.0": "7.0.1",
		"v22.8.9": "5.0.1", "v21.0.0": "5.0.1", "v20.16.0": "5.0.1", "v18.0.0": "5.0.1", "unknown": "5.0.1",
	} {
		if got := writeFileAtomic(node).version; got != want {
			t.Errorf("Node %s: %s, want %s", node, got, want)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	node := inNode("")[0]
	t.Run("node", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if err := node.Missing(t.Context()); err == nil || !strings.Contains(err.Error(), "no node on this machine") {
			t.Errorf("%v", err)
		}
	})
	t.Run("npm", func(t *testing.T) {
		t.Setenv("XDG_CACHE_HOME", t.TempDir())
		bin := t.TempDir()
		if err := os.Symlink("/bin/true", filepath.Join(bin, "node")); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		if err := node.Missing(t.Context()); err == nil || !strings.Contains(err.Error(), "no npm on this machine") {
			t.Errorf("%v", err)
		}
	})
	t.Run("registry", func(t *testing.T) {
		need(t, node.Missing(t.Context()))
		cache := t.TempDir()
		t.Setenv("XDG_CACHE_HOME", cache)
		t.Setenv("npm_config_registry", "http://127.0.0.1:1")
		t.Setenv("npm_config_cache", t.TempDir())
		t.Setenv("npm_config_fetch_retry_mintimeout", "1")
		if err := node.Missing(t.Context()); err == nil || !strings.Contains(err.Error(), "registry") {
			t.Errorf("%v", err)
		}
		if _, err := node.Open(t.Context()); err == nil {
			t.Error("it was opened all the same")
		}
		if left, err := os.ReadDir(filepath.Join(cache, "wholly-lab")); err != nil || len(left) > 0 {
			t.Errorf("a failed installation left %v, %v", left, err)
		}
	})
}

func TestPackagesCanLieElsewhere(t *testing.T) {
	cache := t.TempDir()
	for _, p := range inNode(cache) {
		need(t, p.Missing(t.Context()))
		path := filepath.Join(t.TempDir(), "f")
		if err := open(t, p).WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadDir(cache); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestADirectoryIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache", "made")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := madeOnce(dir, func(temp string) error {
				return os.WriteFile(filepath.Join(temp, "f"), nil, 0o644)
			})
			if got != dir || err != nil {
				t.Errorf("%s: %v", got, err)
			}
		})
	}
	all.Wait()
	names, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
	broken := errors.New("broken")
	if _, err := madeOnce(dir+"2", func(string) error { return broken }); err != broken {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir + "2"); err == nil {
		t.Error("what could not be filled is there")
	}
}
