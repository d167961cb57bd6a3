package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

var (
	teethFS  = flag.String("teeth.fs", "ext4", "file systems on which the broken libraries are cut")
	teethAll = flag.Bool("teeth.all", false, "cut those too that are known not to be seen")
)

// site is one call of Sync in the library: file, function and number in it.
type site struct {
	file, function string
	n              int
	from, to       int // bytes of the call
	receiver       string
}

func (s site) String() string { return fmt.Sprintf("%s %s #%d", s.file, s.function, s.n) }

// unseen are the syncs whose absence no cut of these workloads on these file
// systems shows, and why. The models of crash/ and journal/, which allow what
// POSIX allows, and errors and second crashes too, miss each of them.
var unseen = map[string]string{
	"inplace.go overwrite #1":      inPlace,
	"inplace.go pour #1":           inPlace,
	"inplace.go undoHeld #1":       inPlace,
	"keep.go setAside #1":          "the journal keeps the order of two changes in one directory",
	"place.go syncDir #2":          "only where a directory cannot be synced",
	"target.go syncMade #1":        "the sync of a new directory takes its name along, on all of them",
	"journal/repair.go shorten #1": "only after an error of the disk",
	"journal/settle.go again #1":   "only after a writer was killed",
	"journal/settle.go settle #1":  "the sync of a new file takes its name along, on all of them",
}

const inPlace = "only for a file that something is mounted on"

// workloads that go through a file of the library.
var through = map[string]string{
	"journal": "journal,journal-compact,agent-log",
	".":       "replace,private,keep-3,new-dir,restore,recover,update",
}

// TestEachSyncIsMissed: with any one sync of the library taken away, the real
// program on a real file system is caught.
func TestEachSyncIsMissed(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the lab once for each sync")
	}
	fs, err := rig.Named(strings.Split(*teethFS, ",")[0])
	if err != nil {
		t.Fatal(err)
	}
	if lack := rig.Missing(fs); lack != nil {
		if rig.Required() {
			t.Fatal(lack)
		}
		t.Skip(lack)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, dir := range []string{".", "journal"} {
		for _, s := range sites(t, root, dir) {
			found[s.String()] = true
			why, excused := unseen[s.String()]
			if excused && !*teethAll {
				continue
			}
			t.Run(s.String(), func(t *testing.T) {
				lab := broken(t, root, s)
				var code int
				var said string
				for seed := 1; code == 0 && seed <= 10; seed++ { // what hangs on timing gets ten chances
					code, said = runBroken(t, lab, "cut", "--small", "--fs", *teethFS, "--only", through[dir], "--fail-fast", "--seed", strconv.Itoa(seed))
				}
				switch {
				case code == 1:
					t.Log(said)
				case code == 0 && excused:
					t.Log("not seen, as is known: " + why)
				case code == 0:
					t.Errorf("without this sync nothing bad was seen:\n%s", said)
				default:
					t.Fatalf("exit %d:\n%s", code, said)
				}
			})
		}
	}
	for name, why := range unseen {
		if !found[name] {
			t.Errorf("%s (%s): there is no such sync any more", name, why)
		}
	}
}

// sites finds every call of Sync in the sources of a package.
func sites(t *testing.T, root, dir string) (all []site) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := 0
			ast.Inspect(fn, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || sel.Sel.Name != "Sync" || len(call.Args) != 0 {
					return true
				}
				n++
				at := func(p token.Pos) int { return set.Position(p).Offset }
				all = append(all, site{
					file: filepath.ToSlash(filepath.Join(dir, filepath.Base(path))), function: fn.Name.Name, n: n,
					from: at(call.Pos()), to: at(call.End()), receiver: string(text[at(sel.X.Pos()):at(sel.X.End())]),
				})
				return true
			})
		}
	}
	return all
}

// broken builds the lab over a library in which one sync does nothing and
// reports success.
func broken(t *testing.T, root string, s site) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(root, s.file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.Write(text[:s.from])
	fmt.Fprintf(&b, "func() error { _ = %s; return nil }()", s.receiver)
	b.Write(text[s.to:])
	changed := filepath.Join(dir, "changed.go")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := errors.Join(os.WriteFile(changed, b.Bytes(), 0o644), os.WriteFile(list, overlay, 0o644)); err != nil {
		t.Fatal(err)
	}
	lab := filepath.Join(dir, "lab")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", list, "-o", lab, "./lab")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return lab
}

// runBroken runs that lab; a code other than 0 and 1 is told by the caller.
func runBroken(t *testing.T, lab string, args ...string) (code int, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), lab, args...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
