package golang_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/fix/golang"
	audited "github.com/wholly-go/wholly/audit/golang"
)

// job is one source with all its sites.
func job(t *testing.T, module, text string) *edit.Job {
	t.Helper()
	f, err := audited.Front{}.Read(effect.Source{Path: "p.go", Text: []byte(text), Root: module}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := audit.Judge([]*effect.File{f})
	if len(r.Sites) == 0 {
		t.Fatal("no sites")
	}
	return &edit.Job{Path: "p.go", Module: module, Text: []byte(text), Sites: r.Sites, Read: func(string) ([]byte, error) { return nil, fs.ErrNotExist }}
}

func answer(t *testing.T, j *edit.Job) edit.Answer {
	t.Helper()
	all, err := golang.Rewriter{}.Answer(j)
	if err != nil || len(all) != len(j.Sites) {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

const plain = "package p\n\nimport \"os\"\n\nfunc Save(path string, b []byte) error { return os.WriteFile(path, b, 0o600) }\n"

// Evidence that somebody looks at the file itself is passed on.
func TestWhatEvidenceSays(t *testing.T) {
	for kind, want := range map[string]string{"watched": "no longer sees changes", "configuration": "mount its folder", "read-back": ""} {
		j := job(t, "example.com/m", plain)
		j.Sites[0].Evidence = []audit.Evidence{{Kind: kind}}
		if a := answer(t, j); a.Grade != edit.Safe || want == "" && a.Reason != "" || !strings.Contains(a.Reason, want) {
			t.Errorf("%s: %s, %q", kind, a.Grade, a.Reason)
		}
	}
}

// What the library is built on cannot import it; what uses it can.
func TestBelowTheLibrary(t *testing.T) {
	const lib = "github.com/wholly-go/wholly"
	for module, grade := range map[string]edit.Grade{
		lib: edit.Never, lib + "/internal/disk": edit.Never, lib + "/lock": edit.Never, lib + "/crash": edit.Never,
		lib + "/store": edit.Safe, lib + "-other": edit.Safe, "example.com/m": edit.Safe,
	} {
		if a := answer(t, job(t, module, plain)); a.Grade != grade {
			t.Errorf("%s: %s, %s", module, a.Grade, a.Reason)
		}
	}
}

// An unsure receiver, or a source that is not the one that was audited, is left
// alone.
func TestUnsureIsLeftAlone(t *testing.T) {
	j := job(t, "example.com/m", plain)
	j.Sites[0].Facts.Unsure = true
	if a := answer(t, j); a.Grade != edit.Never {
		t.Errorf("unsure: %+v", a)
	}
	j = job(t, "example.com/m", plain)
	j.Text = []byte(strings.Replace(plain, "func", "\n\nfunc", 1))
	if a := answer(t, j); a.Grade != edit.Never {
		t.Errorf("moved: %+v", a)
	}
	j.Text = []byte("package p\nfunc {")
	if all, err := (golang.Rewriter{}).Answer(j); err == nil {
		t.Errorf("broken: %+v", all)
	}
}
