package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/play"
)

// controls are all outcomes that the model must allow for each, and no more.
var controls = map[string]string{
	"control-in-place":    "empty, zeros, torn",
	"control-bak":         "missing, empty, zeros, torn, acknowledged but lost",
	"control-bak-sync":    "missing, acknowledged but lost",
	"control-rename":      "empty, zeros, torn, acknowledged but lost",
	"control-sync-rename": "acknowledged but lost",
	"control-rename-sync": "empty, zeros, torn",
	"control-textbook":    "",
}

// TestPlays: the model finds the classic mistakes guilty of exactly what they
// do, and ours, as the textbook, of nothing.
func TestPlays(t *testing.T) {
	for _, p := range play.All() {
		if !p.Model {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			a, err := Outcomes(p)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d disks, %d looked at, cut %v", a.Disks, a.Looked, a.Cut)
			var got []string
			for _, o := range a.Outcomes() {
				got = append(got, o.String())
			}
			if want := controls[p.Name]; strings.Join(got, ", ") != want {
				t.Errorf("the model allows %q, want %q", strings.Join(got, ", "), want)
				for o, story := range a.Bad {
					if p.Group == play.Ours {
						t.Errorf("%v: %s", o, story)
					}
				}
			}
			for _, o := range p.Expect {
				if _, ok := a.Bad[o]; !ok {
					t.Errorf("the lab expects %v, which the model does not allow", o)
				}
			}
		})
	}
}

func ExampleOutcomes() {
	p, _ := play.Find("control-sync-rename")
	a, err := Outcomes(p)
	fmt.Println(a.Outcomes(), err)
	// Output: [acknowledged but lost] <nil>
}
