package fix_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/fix"
)

// A diff is right if the tools that take diffs make the new files of it.
func TestDiffApplies(t *testing.T) {
	long := strings.Repeat("line\n", 40)
	cases := []struct{ name, old, new string }{
		{"middle", "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\nX\nf\ng\nh\n"},
		{"first", "a\nb\n", "X\na\nb\n"},
		{"last", "a\nb\n", "a\nb\nX\n"},
		{"all", "a\nb\n", "c\nd\n"},
		{"two far", "A\n" + long + "B\n", "X\n" + long + "Y\n"},
		{"two near", "A\n1\n2\n3\n4\n5\nB\n", "X\n1\n2\n3\n4\n5\nY\n"},
		{"crlf", "a\r\nb\r\nc\r\n", "a\r\nX\r\nc\r\n"},
		{"no end", "a\nb", "a\nc"},
		{"end lost", "a\nb\n", "a\nb"},
		{"end won", "a\nb", "a\nb\n"},
		{"bom", "\ufeffa\nb\n", "\ufeffa\nc\n"},
		{"emptied", "a\n", ""},
		{"filled", "", "a\nb\n"},
		{"dashes", "-- a\n++ b\n", "-- a\n++ c\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { applies(t, "dir/some file.txt", []byte(c.old), []byte(c.new)) })
	}
	t.Run("new", func(t *testing.T) { applies(t, "new/file.py", nil, []byte("x = 1\n")) })
}

func TestDiffOfRandomTexts(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	text := func() []byte {
		var b bytes.Buffer
		for range r.IntN(30) {
			fmt.Fprintf(&b, "%d\n", r.IntN(4))
		}
		return append(b.Bytes(), "end"[:r.IntN(4)]...)
	}
	for i := range 40 {
		old, new := text(), text()
		if bytes.Equal(old, new) {
			continue
		}
		if !applies(t, "f", append([]byte{}, old...), new) {
			t.Fatalf("seed %d, text %d", seed, i)
		}
	}
}

// applies reports whether git apply and patch make new of old.
func applies(t *testing.T, name string, old, new []byte) bool {
	t.Helper()
	var d bytes.Buffer
	if err := fix.Diff(&d, []fix.Change{{Path: name, Old: old, New: new}}, false); err != nil {
		t.Fatal(err)
	}
	tools := [][]string{{"git", "apply", "--whitespace=nowarn", "-"}, {"patch", "--binary", "-s", "-p1"}}
	ran := 0
	for _, tool := range tools {
		if _, err := exec.LookPath(tool[0]); err != nil {
			continue
		}
		ran++
		dir := t.TempDir()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if old != nil {
			if err := os.WriteFile(file, old, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(tool[0], tool[1:]...)
		cmd.Dir, cmd.Stdin = dir, bytes.NewReader(d.Bytes())
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		out, err := cmd.CombinedOutput()
		got, rerr := os.ReadFile(file)
		if len(new) == 0 && os.IsNotExist(rerr) {
			rerr = nil // patch takes a file that becomes empty away
		}
		if err != nil || rerr != nil || !bytes.Equal(got, new) {
			t.Errorf("%s: %v, %v: %s\nold %q\nnew %q\ngot %q\n%s", tool[0], err, rerr, out, old, new, got, d.Bytes())
			return false
		}
	}
	if ran == 0 {
		t.Skip("neither git nor patch is here")
	}
	return true
}

func TestDiffInColor(t *testing.T) {
	var d bytes.Buffer
	if err := fix.Diff(&d, []fix.Change{{Path: "f", Old: []byte("a\nb"), New: []byte("a\nc")}}, true); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1m--- a/f\x1b[m\n\x1b[1m+++ b/f\x1b[m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n a\n" +
		"\x1b[31m-b\x1b[m\n\\ No newline at end of file\n\x1b[32m+c\x1b[m\n\\ No newline at end of file\n"
	if d.String() != want {
		t.Errorf("got %q\nwant %q", d.String(), want)
	}
}
