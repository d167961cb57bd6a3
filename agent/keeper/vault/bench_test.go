package vault

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// large is a state of one login among n items of localStorage and n records of a
// database, some kilobytes to each ten.
func large(b *testing.B, login string, n int) *storagestate.State {
	b.Helper()
	p := storagestate.Parts{Cookies: []json.RawMessage{fmt.Appendf(nil, `{"name":"sid","value":%q,"domain":"x.example","path":"/","expires":-1}`, login)}}
	o := storagestate.OriginParts{Origin: "https://x.example"}
	var records strings.Builder
	for i := range n {
		o.LocalStorage = append(o.LocalStorage, storagestate.Entry{Name: fmt.Sprintf("item %d", i), Value: strings.Repeat("v", 100)})
		fmt.Fprintf(&records, `,{"key":%d,"value":{"text":"%s"}}`, i+1, strings.Repeat("v", 1000))
	}
	o.IndexedDB = json.RawMessage(`[{"name":"d","version":1,"stores":[{"name":"s","autoIncrement":false,"records":[` + strings.TrimPrefix(records.String(), ",") + `],"indexes":[]}]}]`)
	p.Origins = []storagestate.OriginParts{o}
	s, _, err := storagestate.Compose(p, storagestate.Playwright)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkSave is one changed cookie, from the capture to the disk.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{0, 100, 5000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := opened(b, newPath(b), Options{})
			load(b, f)
			states := []*storagestate.State{large(b, "one", n), large(b, "two", n)}
			if _, err := f.Save(ctx, nil, Capture{State: states[0]}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				saved, err := f.Save(ctx, states[i%2], Capture{State: states[(i+1)%2]})
				if err != nil || !saved.Written || len(saved.Changes) != 1 {
					b.Fatal(saved, err)
				}
			}
		})
	}
}

// BenchmarkSaveNothingNew is the look of a keeper that has nothing to save.
func BenchmarkSaveNothingNew(b *testing.B) {
	for _, n := range []int{0, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := opened(b, newPath(b), Options{})
			load(b, f)
			s := large(b, "one", n)
			if _, err := f.Save(ctx, nil, Capture{State: s}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if saved, err := f.Save(ctx, s, Capture{State: s}); err != nil || saved.Written {
					b.Fatal(saved, err)
				}
			}
		})
	}
}
