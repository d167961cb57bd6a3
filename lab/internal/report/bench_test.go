package report

import "testing"

func BenchmarkPage(b *testing.B) {
	page := everywhere("text with `code` and https://a.example/")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := page.HTML(); err != nil {
			b.Fatal(err)
		}
		page.Markdown()
	}
}
