package audit_test

import (
	"fmt"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

// A name that many files call leads only to those that name the module, the
// class or a module that passes it on; a name that few call, to all of them.
func TestCallersAreFound(t *testing.T) {
	files := []file{
		{"pkg/__init__.py", "from .store import put\n"},
		{"pkg/store.py", `import json


def save(path, state):
    with open(path, "w") as f:
        json.dump(state, f)


def put(path, state):
    save(path, state)


class Box:
    def __init__(self, path):
        self.path = path

    def save(self):
        with open(self.path, "w") as f:
            f.write("x")

    def close_all(self):
        self.save()
`},
		{"pkg/relative.py", "from .store import save\n\n\ndef a():\n    save('a.json', 1)\n"},
		{"pkg/module.py", "from . import store\n\n\ndef b():\n    store.save('b.json', 1)\n"},
		{"other/face.py", "from pkg import put\n\n\ndef c():\n    put('c.json', 1)\n"},
		{"other/strange.py", "def rarely_called(path):\n    return path\n\n\ndef d():\n    rarely_called('d')\n"},
	}
	for i := range 30 {
		files = append(files, file{fmt.Sprintf("many/m%d.py", i), "def go(x):\n    x.save(1)\n"})
	}
	r := scan(t, files)
	if len(r.Unread) > 0 {
		t.Skip("this build has no grammars")
	}
	targets := map[string]string{}
	for _, s := range r.Sites {
		targets[s.Target] = s.File
	}
	for target, in := range map[string]string{
		"a.json": "pkg/relative.py", "b.json": "pkg/module.py", "c.json": "other/face.py", "self.path": "pkg/store.py",
	} {
		if targets[target] != in {
			t.Errorf("%s is not seen in %s: %v", target, in, targets)
		}
	}
	if r.Parsed > 6 {
		t.Errorf("%d files parsed: what calls another save was read as well", r.Parsed)
	}
}

// In Go a file of another package calls a method without importing the package
// of its type: the field that holds it is declared elsewhere.
func TestMethodsAreFoundWithoutAnImport(t *testing.T) {
	r := scan(t, []file{
		{"go.mod", "module example.com/m\n"},
		{"store/store.go", "package store\n\nimport \"os\"\n\ntype File struct{ Path string }\n\nfunc (f *File) SaveTo(path string, b []byte) error { return os.WriteFile(path, b, 0o600) }\n"},
		{"app/app.go", "package app\n\nimport \"example.com/m/store\"\n\ntype App struct{ state *store.File }\n"},
		{"app/run.go", "package app\n\nfunc (a *App) run(b []byte) error {\n\treturn a.state.SaveTo(\"run.json\", b)\n}\n"},
	})
	for _, s := range r.Sites {
		if s.Target == "run.json" && s.File == "app/run.go" {
			return
		}
	}
	t.Errorf("the caller is not found: %s", listed(r))
}

func listed(r *audit.Result) (s string) {
	for _, site := range r.Sites {
		s += fmt.Sprintf("%s:%d %s; ", site.File, site.Line, site.Target)
	}
	return s
}
