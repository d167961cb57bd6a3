package pattern

import (
	"fmt"
	"io"
	"runtime"
	"testing"
)

// large is a document of so many bytes in the layout of the original: fifty
// types to a domain.
func large(t testing.TB, size int) []byte {
	f := New()
	for i := 0; i < size/240; i++ {
		f.Put(fmt.Sprintf("shop%d.example.com", i/50), fmt.Sprintf("pattern_type_%d", i%50), Entry{
			Actions:     []string{"type the query into the header search input", "press Enter, then wait"},
			LastSuccess: "2026-01-28",
		})
	}
	return []byte(encode(t, f))
}

func BenchmarkDecode(b *testing.B) {
	data := large(b, 10<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeChangeEncode is what an update of a large file costs, without
// the disk.
func BenchmarkDecodeChangeEncode(b *testing.B) {
	data := large(b, 10<<20)
	session := sp("WWW.shop7.example.com", "pattern_type_3", "scroll down")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		if r := f.MergeSession(session, today, Limits{}); r.Patterns != 1 {
			b.Fatal(r)
		}
		if err := Encode(io.Discard, f); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMergeMany merges a session of one domain and many types; the time an
// entry must not grow with their number.
func BenchmarkMergeMany(b *testing.B) {
	for _, count := range []int{1000, 40000} {
		session := New()
		for i := range count {
			session.Put("shop.com", fmt.Sprint(i), Entry{Actions: []string{"click"}})
		}
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f := New()
				if r := f.Merge(session, today, Limits{Patterns: count / 2}); r.Patterns != count {
					b.Fatal(r.Patterns)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/entry")
		})
	}
}

func BenchmarkNormalizeDomain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NormalizeDomain("https://www.Example.com:8443/some/path?q=1"); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading, changing and writing 10 MiB allocates less than 3 times that, most
// of it dropped at once, and keeps less than a tenth beside the text.
func TestMemory(t *testing.T) {
	data := large(t, 10<<20)
	session := sp("WWW.shop7.example.com", "pattern_type_3", "scroll down")
	var start, end, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	f, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	f.MergeSession(session, today, Limits{})
	if err := Encode(io.Discard, f); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&end)
	runtime.GC()
	runtime.ReadMemStats(&kept)
	allocated, live := end.TotalAlloc-start.TotalAlloc, int64(kept.HeapAlloc)-int64(start.HeapAlloc)
	t.Logf("%d bytes: %d allocated, %d kept", len(data), allocated, live)
	if allocated > 3*uint64(len(data)) || live > int64(len(data))/10 {
		t.Errorf("%d bytes of document: %d allocated, %d kept", len(data), allocated, live)
	}
	runtime.KeepAlive(f)
	runtime.KeepAlive(data)
}
