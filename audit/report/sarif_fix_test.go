package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/report"
)

// Columns count UTF-16 units from 1; a byte order mark is no part of the text.
func TestSARIFColumns(t *testing.T) {
	for _, test := range []struct {
		text, at string
		line     int
		column   int
	}{
		{"os.X", "os", 1, 1},
		{"\ufeffos.X", "os", 1, 1},
		{"a\r\n\tö os", "os", 2, 4},
		{"a\n\n\U0001F600 os\n", "os", 3, 4},
		{"\xff\xfe os", "os", 1, 4},
		{"a\n\ufeff os", "os", 2, 3},
		{"a\u2028os", "os", 1, 3},
	} {
		start := strings.Index(test.text, test.at)
		r, o := sample()
		o.Fixes[0].Edits[0] = report.Edit{File: "app/settings.go", Start: start, End: start + 2, New: "w"}
		o.Read = func(string) ([]byte, error) { return []byte(test.text), nil }
		want := fmt.Sprintf(`{"startLine":%d,"startColumn":%d,"endLine":%d,"endColumn":%d}`, test.line, test.column, test.line, test.column+2)
		var flat bytes.Buffer
		if err := json.Compact(&flat, sarif(t, r, o)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(flat.String(), want) {
			t.Errorf("%q: no %s in the fixes", test.text, want)
		}
	}
}

func TestAFixWithoutItsSourceIsLeftOut(t *testing.T) {
	r, o := sample()
	has := func() bool { return bytes.Contains(sarif(t, r, o), []byte(`"fixes"`)) }
	if !has() {
		t.Fatal("there is no fix to begin with")
	}
	read := o.Read
	for name, spoil := range map[string]func(){
		"no reader":      func() { o.Read = nil },
		"no source":      func() { o.Read = func(string) ([]byte, error) { return nil, os.ErrNotExist } },
		"shorter source": func() { o.Read = func(string) ([]byte, error) { return []byte("x"), nil } },
	} {
		o.Read = read
		if spoil(); has() {
			t.Errorf("%s: there is a fix all the same", name)
		}
	}
}
