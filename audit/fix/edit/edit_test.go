package edit_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/fix/edit"
)

func TestApply(t *testing.T) {
	const text = "\ufeffone\r\n\ttwo ä three\r\n"
	at := func(word string) int { return strings.Index(text, word) }
	cases := []struct {
		name  string
		edits []edit.Edit
		want  string // "" for an error
	}{
		{"nothing", nil, text},
		{"replace", []edit.Edit{{at("two"), at("two") + 3, "2"}}, "\ufeffone\r\n\t2 ä three\r\n"},
		{"out of order", []edit.Edit{{at("three"), at("three") + 5, "3"}, {at("one"), at("one") + 3, "1"}}, "\ufeff1\r\n\ttwo ä 3\r\n"},
		{"insertions keep their order", []edit.Edit{{at("two"), at("two"), "a"}, {at("two"), at("two"), "b"}}, "\ufeffone\r\n\tabtwo ä three\r\n"},
		{"insert before a replacement", []edit.Edit{{at("two"), at("two") + 3, "2"}, {at("two"), at("two"), "a"}}, "\ufeffone\r\n\ta2 ä three\r\n"},
		{"touching", []edit.Edit{{at("two"), at("two") + 1, "T"}, {at("two") + 1, at("two") + 3, "WO"}}, "\ufeffone\r\n\tTWO ä three\r\n"},
		{"delete", []edit.Edit{{at("one"), at("two"), ""}}, "\ufefftwo ä three\r\n"},
		{"overlap", []edit.Edit{{at("two"), at("two") + 3, "2"}, {at("two") + 1, at("two") + 5, "x"}}, ""},
		{"insert within", []edit.Edit{{at("two"), at("two") + 3, "2"}, {at("two") + 1, at("two") + 1, "x"}}, ""},
		{"the same twice", []edit.Edit{{at("two"), at("two") + 3, "2"}, {at("two"), at("two") + 3, "2"}}, ""},
		{"half a character", []edit.Edit{{at("ä") + 1, at("ä") + 2, "x"}}, ""},
		{"half a mark", []edit.Edit{{1, 1, "x"}}, ""},
		{"outside", []edit.Edit{{len(text), len(text) + 1, "x"}}, ""},
		{"negative", []edit.Edit{{-1, 0, "x"}}, ""},
		{"backwards", []edit.Edit{{4, 3, "x"}}, ""},
		{"at the end", []edit.Edit{{len(text), len(text), "x"}}, text + "x"},
	}
	for _, c := range cases {
		got, err := edit.Apply([]byte(text), c.edits)
		if c.want == "" && (err == nil || got != nil) || c.want != "" && (err != nil || string(got) != c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	var overlap *edit.OverlapError
	if _, err := edit.Apply([]byte(text), cases[7].edits); !errors.As(err, &overlap) {
		t.Errorf("an overlap is told as %v", err)
	}
}

// Bytes that are no UTF-8 are kept as they are.
func TestApplyKeepsOtherEncodings(t *testing.T) {
	text := []byte("x = '\xe4\xf6\xfc'\n")
	got, err := edit.Apply(text, []edit.Edit{{0, 1, "y"}, {6, 7, ""}})
	if err != nil || string(got) != "y = '\xe4\xfc'\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// Moved follows a byte that no edit touches.
func TestMoved(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	text := []byte("0123456789abcdefghijklmnopqrstuvwxyz")
	for range 2000 {
		var edits []edit.Edit
		for at := r.IntN(6); at < len(text)-3; at += 1 + r.IntN(9) {
			n := r.IntN(3)
			edits = append(edits, edit.Edit{Start: at, End: at + n, New: strings.Repeat("-", r.IntN(4))})
			at += n
		}
		out, err := edit.Apply(text, edits)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i := range text {
			touched := edit.Overlap([]edit.Edit{{Start: i, End: i + 1}}, edits)
			to := edit.Moved(i, edits)
			for _, e := range edits { // an insertion right before a byte stands before it
				if e.Start == i && !touched {
					to += len(e.New)
				}
			}
			if !touched && out[to] != text[i] {
				t.Fatalf("seed %d: byte %c of %q is said to be at %d of %q after %v", seed, text[i], text, to, out, edits)
			}
		}
	}
}
