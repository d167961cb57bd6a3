package keeper_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
)

// Save has on the disk what was set before it, however fast pages change it and
// however late the browser tells.
func TestSaveWaitsForWhatWasSet(t *testing.T) {
	for _, pages := range []int{1, 2} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			site := newSite(t)
			path := filepath.Join(t.TempDir(), "state.json")
			b := launch(t)
			s := open(t, path, keeper.Keeping{Endpoint: b.Endpoint()})
			var tabs []tab
			for i := range pages {
				tabs = append(tabs, use(t, b).open(site.URL+"/"))
				tabs[i].js(fmt.Sprintf(`window.n = 0; setInterval(() => {
					for (let i = 0; i < 5; i++) localStorage.setItem('n%d', ++n);
					sessionStorage.setItem('gone', n); sessionStorage.removeItem('gone');
				}, 2); 0`, i))
				tabs[i].until("n > 0")
			}
			saves, acknowledged, late := 0, 0, 0
			for end := time.Now().Add(6 * time.Second); time.Now().Before(end) || saves < 5; saves++ {
				set := make([]int, pages)
				for i, tb := range tabs {
					set[i], _ = strconv.Atoi(tb.js("n"))
				}
				if err := s.Save(t.Context()); errors.Is(err, keeper.ErrBehind) {
					continue // it says so
				} else if err != nil {
					t.Fatal(err)
				}
				acknowledged++
				st := onDisk(t, path)
				for i, n := range set {
					text, _ := st.local(site.URL, fmt.Sprint("n", i))
					if kept, _ := strconv.Atoi(text); kept < n || n == 0 {
						late++
						t.Logf("save %d, page %d: on the disk %q, set before %d", saves, i, text, n)
					}
				}
			}
			t.Logf("%d saves, %d acknowledged", saves, acknowledged)
			if late > 0 || acknowledged == 0 {
				t.Errorf("%d times what was set before is missing", late)
			}
		})
	}
}
