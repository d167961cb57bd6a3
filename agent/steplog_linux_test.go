package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/history"
)

// spent is what this process has asked of the disk: bytes written, and calls
// that read or wrote.
func spent(t *testing.T) (written, calls int) {
	t.Helper()
	data, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("the kernel does not count: ", err)
	}
	counts := map[string]int{}
	for line := range strings.Lines(string(data)) {
		var name string
		var n int
		if _, err := fmt.Sscan(strings.Replace(line, ":", "", 1), &name, &n); err != nil {
			t.Fatal(line, err)
		}
		counts[name] = n
	}
	return counts["wchar"], counts["syscr"] + counts["syscw"]
}

// Appending step 10,000 costs at most twice what step 10 cost, in bytes and in
// calls.
func TestStep10000CostsWhatStep10Cost(t *testing.T) {
	l := openLog(t, filepath.Join(t.TempDir(), "run.log"))
	cost := func(n int) (written, calls int) {
		s := stepAt(t, n)
		w0, c0 := spent(t)
		if _, err := l.Append(ctx, s); err != nil {
			t.Fatal(err)
		}
		w1, c1 := spent(t)
		return w1 - w0, c1 - c0
	}
	for n := 1; n < 10; n++ {
		cost(n)
	}
	w10, c10 := cost(10)
	between := make([]history.Step, 0, 10_000)
	for n := 11; n < 10_000; n++ {
		between = append(between, stepAt(t, n))
	}
	if _, err := l.Append(ctx, between...); err != nil {
		t.Fatal(err)
	}
	cost(9_999)
	w, c := cost(10_000)
	t.Logf("step 10: %d bytes, %d calls; step 10,000: %d bytes, %d calls", w10, c10, w, c)
	if w10 == 0 || w > 2*w10 || c > 2*c10 {
		t.Error("step 10,000 costs more than twice what step 10 cost")
	}
}
