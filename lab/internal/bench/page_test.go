package bench

import (
	"strings"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/report"
)

var shown = Result{
	Seed: 7, Rounds: 5, Disk: Disk{Below: "ext4", ImageMiB: 2176, DirectIO: true, WriteCache: "write back", FlushMicros: 251},
	Load: [2]string{"0.10 0.20 0.30", "1.00 0.40 0.30"},
	Cells: []Cell{
		{FS: "ext4", Case: "4k", Contestant: "hand-written Go", Calls: "F R D", Durable: true, Syncs: true, Baseline: true, InProcess: true, Ratio: Range{1, 1, 1}, Micros: Range{1400, 1, 2}, Flushes: 4, KiB: 64, Requests: 5, CPUMicros: 80, Allocs: 13},
		{FS: "ext4", Case: "4k", Contestant: "wholly, held Dir", Calls: "F R D", Durable: true, Syncs: true, Ours: true, InProcess: true, Ratio: Range{1.04, 0.97, 1.11}, Micros: Range{1350, 1, 2}, Flushes: 4, KiB: 64, Requests: 5, CPUMicros: 70, Allocs: 3},
		{FS: "ext4", Case: "4k", Contestant: "atomically", Calls: "F R", Syncs: true, Ratio: Range{0.5, 0.4, 0.6}, Micros: Range{2700, 1, 2}, AwayMicros: 620, Flushes: 2, KiB: 32, Requests: 3, CPUMicros: 9876, Allocs: 12345},
		{FS: "ext4", Case: "4k", Contestant: "broken", Calls: "F R", Syncs: true, InProcess: true, Failed: "out of order"},
		{FS: "ext4", Case: "4k", Contestant: "os.WriteFile", Calls: "in place", InProcess: true, Ratio: Range{16, 15, 17}, Micros: Range{90, 1, 2}, CPUMicros: 80, Allocs: 3},
	},
	Absent:  []Absent{{"Python .bak", "there is no python3"}},
	Missing: []Missing{{"xfs", "4k"}},
}

var shownTitles = map[string]string{"ext4": "ext4", "xfs": "XFS"}

func TestThePageSaysItAll(t *testing.T) {
	cases := []Case{single("4k", "4 KiB", 4*kib, 1)}
	page := shown.Page("go run ./lab bench", cases, shownTitles, nil)
	text := strings.ReplaceAll(string(page.Markdown()), `\`, "")
	for _, want := range []string{
		"1.04 [0.97..1.11]", "baseline", "out of order", "no python3", "XFS", "620", "2,176 MiB", "251 µs", "direct I/O", "0.10 0.20 0.30", "# Do not believe this run",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"9,876", "12,345"} {
		if strings.Contains(text, never) {
			t.Errorf("what another process costs is told as %s", never)
		}
	}
	safe, apart, found := strings.Cut(text, "syncs nothing")
	if !found || strings.Contains(safe, "os.WriteFile |") || !strings.Contains(apart, report.Range{Median: 16, Min: 15, Max: 17}.String()) {
		t.Error("what syncs nothing does not stand apart")
	}
	if _, err := page.HTML(); err != nil {
		t.Error(err)
	}
}

func TestTheTableSaysItAll(t *testing.T) {
	var text string
	for _, table := range shown.Tables([]Case{single("4k", "4 KiB", 4*kib, 1)}, shownTitles) {
		text += table.Title + "\n" + table.Table.Text(false)
	}
	for _, want := range []string{"Replace 4 KiB, ext4", "1.04 [0.97..1.11]", "failed: out of order", "no python3", "4k on xfs: the time was over", "seed", "–"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if strings.Index(text, "os.WriteFile") < strings.Index(text, "atomically") {
		t.Error("what syncs nothing stands among those that do")
	}
}
