package storagestate

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// many is a browser-use file with n cookies, of which every tenth has a value
// of its own.
func many(n int, value string) []byte {
	var b strings.Builder
	b.WriteString(`{"cookies": [`)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		v := "v"
		if i%10 == 0 {
			v = value
		}
		fmt.Fprintf(&b, `{"name": "n%d", "value": "%s", "domain": ".d%d.example", "path": "/", "expires": 4102444800.5, "size": 5, "httpOnly": true, "secure": true, "session": false, "sameSite": "Lax", "priority": "Medium", "sourceScheme": "Secure", "sourcePort": 443}`, i, v, i%50)
	}
	b.WriteString(`], "origins": []}`)
	return []byte(b.String())
}

func read(b testing.TB, data []byte) *State {
	b.Helper()
	s, err := Decode(data)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkMerge(b *testing.B) {
	for _, n := range []int{500, 5000, 50000} {
		old, new := many(n, "old"), many(n, "new")
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(old)))
			for b.Loop() {
				_, report := Merge(read(b, old), read(b, new), Options{Now: now})
				if report.Count(Updated) != n/10 {
					b.Fatal(report.Count(Updated))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/cookie")
		})
	}
}

func BenchmarkMerge3(b *testing.B) {
	base, ours, theirs := many(5000, "old"), many(5000, "ours"), many(5000, "old")
	b.ReportAllocs()
	for b.Loop() {
		if _, report := Merge3(read(b, base), read(b, ours), read(b, theirs), Options{Now: now}); report.Count(Updated) != 500 {
			b.Fatal(report.Count(Updated))
		}
	}
}

func BenchmarkDecodeEncode(b *testing.B) {
	data := many(5000, "v")
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := Encode(io.Discard, read(b, data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSame(b *testing.B) {
	x, y := read(b, many(5000, "v")), read(b, many(5000, "v"))
	b.ReportAllocs()
	for b.Loop() {
		if !Same(x, y) {
			b.Fatal("not the same")
		}
	}
}

// Ten times the cookies cost about ten times the time, not a hundred times.
func TestMergeIsLinear(t *testing.T) {
	took := func(n int) time.Duration {
		best := time.Hour
		for range 8 { // whoever else works here disturbs some of them
			old, new := read(t, bytes.Clone(many(n, "old"))), read(t, many(n, "new"))
			begin := time.Now()
			Merge(old, new, Options{Now: now})
			best = min(best, time.Since(begin))
		}
		return best
	}
	if small, large := took(1000), took(10000); large > 40*small {
		t.Errorf("1,000 cookies took %v, 10,000 took %v", small, large)
	}
}
