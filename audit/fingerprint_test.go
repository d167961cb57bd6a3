package audit_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

const twice = `package p

import "os"

func save(path string, b []byte) error {
	if err := os.WriteFile(path+".json", b, 0o600); err != nil {
		return err
	}
	return os.WriteFile(path+".json", b, 0o600)
}
`

func prints(r *audit.Result) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Fingerprint)
	}
	slices.Sort(all)
	return all
}

func TestFindingsThatAreAlikeAreToldApart(t *testing.T) {
	all := prints(scan(t, []file{{"a.go", twice + "\n// wholly: ignore[x]\n\n// wholly: ignore[y]\n"}}))
	if len(all) < 4 || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("%v", all)
	}
}

func TestFingerprintsAreTheSameHoweverTheTreeIsNamed(t *testing.T) {
	dir := tree(t, []file{
		{"sub/a.go", twice},
		{"sub/b.py", "import json\n\nPATH = 'b.json'\n\n\ndef save(x):\n    with open(PATH, 'w') as f:\n        json.dump(x, f)\n"},
	})
	want := prints(scanDir(t, audit.Options{}, dir))
	if len(want) == 0 {
		t.Fatal("nothing is found")
	}
	t.Chdir(dir)
	rel, err := filepath.Rel(filepath.Dir(dir), dir)
	if err != nil {
		t.Fatal(err)
	}
	up := filepath.Join("..", rel)
	for _, o := range []struct {
		base  string
		roots []string
	}{
		{"", []string{dir}}, {"", []string{"."}}, {"", []string{up}}, {"", []string{up + string(os.PathSeparator)}},
		{".", []string{"."}}, {".", []string{dir}}, {dir, []string{"sub"}}, {".", []string{"sub/a.go", filepath.Join(dir, "sub", "b.py")}},
	} {
		if got := prints(scanDir(t, audit.Options{Base: o.base}, o.roots...)); !slices.Equal(got, want) {
			t.Errorf("base %q, roots %v: %v, want %v", o.base, o.roots, got, want)
		}
	}
}

// In a repository it does not even matter where the audit is started.
func TestFingerprintsAreNamedFromTheTopOfTheRepository(t *testing.T) {
	dir := tree(t, []file{{"repo/.git/HEAD", "ref: refs/heads/main\n"}, {"repo/sub/a.go", twice}})
	repo := filepath.Join(dir, "repo")
	want := prints(scanDir(t, audit.Options{}, repo))
	for _, base := range []string{dir, repo, filepath.Join(repo, "sub")} {
		for _, root := range []string{filepath.Join(repo, "sub"), filepath.Join(repo, "sub", "a.go")} {
			if got := prints(scanDir(t, audit.Options{Base: base}, root)); len(got) == 0 || !slices.Equal(got, want) {
				t.Errorf("base %s, root %s: %v, want %v", base, root, got, want)
			}
		}
	}
}
