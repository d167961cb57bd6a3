package history

import (
	"bytes"
	"os"
	"testing"
)

func sample(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../testdata/samples/agent_history.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, text string) *History {
	t.Helper()
	h, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func encode(t testing.TB, h *History) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, h); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSampleSurvives(t *testing.T) {
	h := decode(t, string(sample(t)))
	if len(h.Warnings()) > 0 {
		t.Error(h.Warnings())
	}
	if got := encode(t, h); got != string(sample(t)) {
		t.Errorf("the sample came out as\n%s", got)
	}
}
