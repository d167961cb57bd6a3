package history

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// large returns a history of about n bytes, from the steps of the sample.
func large(t testing.TB, n int) []byte {
	t.Helper()
	h := decode(t, string(sample(t)))
	var b bytes.Buffer
	w := NewWriter(&b)
	for b.Len() < n {
		for s := range h.Steps() {
			if err := w.Write(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hundred are secrets as people have them: some begin alike, two are in the
// document.
func hundred() Secrets {
	s := Secrets{{"order", "Order 7781"}, {"shop", "shop.example.com"}}
	for i := range 98 {
		s = append(s, Secret{fmt.Sprint("n", i), fmt.Sprintf("%s%02d-%x", []string{"sk-live-", "ghp_", "P@ss ü", "api/"}[i%4], i, i*7919)})
	}
	return s
}

func BenchmarkDecode10MiB(b *testing.B) {
	data := large(b, 10<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode10MiB(b *testing.B) {
	h := decode(b, string(large(b, 10<<20)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Encode(io.Discard, h); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRedact10MiB takes a hundred secrets out of 10 MiB, with the check of
// what is left.
func BenchmarkRedact10MiB(b *testing.B) {
	data, r := large(b, 10<<20), hundred().Redactor()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		h := decode(b, string(data))
		b.StartTimer()
		if _, err := r.History(h, ReportKeys); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFind has no hit: what a text costs that is looked through.
func BenchmarkFind(b *testing.B) {
	r := hundred().Redactor()
	for name, part := range map[string]string{
		"prose": "The quick brown fox jumps over the lazy dog, said she. ", "json": `{\"key\": \"a\\u00fcb\"}, `,
		"url": "https://x.example/?q=a%20b&amp;c=%C3%BC ", "alike": "sk-live-sk-live-", "hostile": `\\\\\\\\%252525252525&amp;amp;amp;amp;+`,
	} {
		text := strings.Repeat(part, 1<<20/len(part))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if r.String(text) != text {
					b.Fatal("found")
				}
			}
		})
	}
}

func BenchmarkEncodeStep(b *testing.B) {
	for s := range decode(b, string(sample(b))).Steps() {
		b.ReportAllocs()
		for b.Loop() {
			EncodeStep(s)
		}
		break
	}
}

// Ten times the lines take ten times as long.
func BenchmarkParseStepsOfLines(b *testing.B) {
	var one []byte
	for s := range decode(b, string(sample(b))).Steps() {
		one = append(s.JSON(), '\n')
	}
	for _, lines := range []int{1000, 10000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			data := bytes.Repeat(one, lines)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if steps, _, err := ParseSteps(bytes.Clone(data)); err != nil || len(steps) != lines {
					b.Fatal(len(steps), err)
				}
			}
		})
	}
}
