package mark

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestAMarkIsALine(t *testing.T) {
	for _, tc := range []struct {
		mark Mark
		line string
	}{
		{Mark{Verb: Start}, "start"},
		{Mark{Verb: Synced}, "synced"},
		{Mark{Begin, "state", 0, ""}, "begin state 0"},
		{Mark{Ack, "a/b/state", 12, sum}, "ack a/b/state 12 " + sum},
		{Mark{Void, "state", -2, ""}, "void state -2"},
		{Mark{Begin, "a b/c\nd%", 1, ""}, "begin a%20b/c%0Ad%25 1"},
	} {
		if got := tc.mark.String(); got != tc.line {
			t.Errorf("%+v is %q, want %q", tc.mark, got, tc.line)
		}
		if got, err := Parse(tc.line + "\n"); err != nil || got != tc.mark {
			t.Errorf("%q is %+v, %v", tc.line, got, err)
		}
	}
}

func TestWhatIsNoMark(t *testing.T) {
	for _, line := range []string{
		"", "begin", "start x", "begin state", "begin state x", "begin state 1 abc", "begin state 1 " + strings.ToUpper(sum),
		"begin ../state 1", "begin /state 1", "begin . 1", "begin a//b 1", "begin a%2Fb 1", "begin %zz 1", "begin  1",
		"begin state 1 " + sum + " x", "Begin state 1", "begin state 1\n\n", "save state 1",
	} {
		if m, err := Parse(line); err == nil {
			t.Errorf("%q is %+v", line, m)
		} else if !strings.Contains(err.Error(), fmt.Sprintf("%q", line)) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{"start", "begin state 0 " + sum, "ack a/b%20c 7", "void x -3", "end", "begin a%2Fb 1"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		m, err := Parse(line)
		if err != nil {
			return
		}
		if s := m.String(); strings.ContainsAny(s, "\n\r") {
			t.Errorf("%q becomes more than one line: %q", line, s)
		}
		if again, err := Parse(m.String()); err != nil || again != m {
			t.Errorf("%q is %+v, whose line is %+v, %v", line, m, again, err)
		}
	})
}

func TestAContentKnowsItself(t *testing.T) {
	for _, gen := range []int{0, 1, -3, 20, 1_000_000} {
		for _, size := range []int{0, Smallest, Smallest + 1, 55, 4096, 65_537, 1 << 20} {
			data := Content(gen, size)
			if want := max(size, Smallest); len(data) != want {
				t.Errorf("generation %d of %d bytes has %d", gen, want, len(data))
			}
			if bytes.IndexByte(data, 0) >= 0 {
				t.Errorf("generation %d of %d bytes has a zero byte", gen, size)
			}
			if got, ok := Generation(data); !ok || got != gen {
				t.Errorf("generation %d of %d bytes is %d, %v", gen, size, got, ok)
			}
		}
	}
	if len(Content(1, Largest+1)) != Largest {
		t.Error("a content is larger than the largest")
	}
}

// TestADamagedContentIsNone: one wrong byte anywhere, a missing end, an end too
// many, a mixture of two.
func TestADamagedContentIsNone(t *testing.T) {
	whole, other := Content(3, 203), Content(4, 203)
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 2
		if gen, ok := Generation(bad); ok {
			t.Errorf("with byte %d changed it is generation %d", i, gen)
		}
		if gen, ok := Generation(whole[:i]); ok {
			t.Errorf("cut to %d bytes it is generation %d", i, gen)
		}
		if gen, ok := Generation(append(bytes.Clone(whole[:i]), other[i:]...)); ok && i >= len("generation 3") {
			t.Errorf("mixed at %d it is generation %d", i, gen)
		}
	}
	if _, ok := Generation(append(bytes.Clone(whole), 'x')); ok {
		t.Error("with a byte more it is whole")
	}
	if _, ok := Generation([]byte("generation +3" + string(whole[len("generation 3"):]))); ok {
		t.Error("another header is as good")
	}
}

func ExampleContent() {
	data := Content(7, 4096)
	line, _, _ := bytes.Cut(data, []byte("\n"))
	fmt.Printf("%s\n", line)
	fmt.Println(Generation(data))
	fmt.Println(Generation(data[:4095]))
	// Output:
	// generation 7 of 4096 bytes
	// 7 true
	// 0 false
}

func BenchmarkContent(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(1 << 20)
	for b.Loop() {
		Content(1, 1<<20)
	}
}

func BenchmarkGeneration(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(1 << 20)
	data := Content(1, 1<<20)
	for b.Loop() {
		Generation(data)
	}
}
