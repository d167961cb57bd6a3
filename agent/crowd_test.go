package agent

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wholly-go/wholly/agent/pattern"
)

// Many find a directory as a crash left it, at the same moment, and each adds
// something: one of them recovers, and nothing is lost.
func TestManyRecoverAtOnce(t *testing.T) {
	const crowd = 8
	old := `{"version": 2, "patterns": {"old.com": {"x": {"actions": ["a"]}}}}`
	for name, files := range map[string]map[string]string{
		"missing":      {"p.json.tmp": old},
		"damaged":      {"p.json": `{"patt`, "p.json.tmp": old},
		"only backups": {"p.json.bak": old},
	} {
		for round := range 12 {
			dir := t.TempDir()
			put(t, dir, files)
			var group sync.WaitGroup
			start := make(chan struct{})
			for who := range crowd {
				group.Go(func() {
					doc, err := Patterns(filepath.Join(dir, "p.json"))
					if err != nil {
						t.Error(err)
						return
					}
					<-start
					_, err = doc.Update(ctx, func(f *pattern.File) error {
						f.Put(fmt.Sprintf("new%d.com", who), "y", pattern.Entry{Actions: []string{"b"}})
						return nil
					})
					var rec *Recovery
					if err != nil && !errors.As(err, &rec) {
						t.Errorf("%s, round %d: %v", name, round, err)
					}
				})
			}
			close(start)
			group.Wait()
			doc, _ := Patterns(filepath.Join(dir, "p.json"))
			f, err := doc.Load()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := f.Domains(); len(got) != crowd+1 {
				t.Errorf("%s, round %d: %v", name, round, got)
			}
		}
	}
}
