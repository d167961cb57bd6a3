package conversation

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// large returns the twin of a talk of about 8 MB, in messages of lines lines.
func large(lines int) []byte {
	text := strings.Repeat(`a line of the page,\nétage \"3\" `, lines)
	var b bytes.Buffer
	b.WriteString(`{"agent_id": "a", "step": 1, "messages": [`)
	for i := 0; b.Len() < 8<<20; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role": "user", "content": [{"type": "text", "text": "%d %s"}, {"type": "image_url", "image_url": {"url": "data:"}}]}`, i, text)
	}
	b.WriteString(`], "answer": {"memory": "m", "action": [{"done": {"text": "\u00e9", "n": 1e5}}]}}`)
	return b.Bytes()
}

var sizes = []struct {
	name  string
	lines int
}{{"short", 1}, {"long", 300}}

func BenchmarkParseJSON(b *testing.B) {
	for _, size := range sizes {
		data := large(size.lines)
		b.Run(size.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseJSON(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	for _, size := range sizes {
		c, err := ParseJSON(large(size.lines))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(size.name, func(b *testing.B) {
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = c.AppendJSON(dst[:0]); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}
