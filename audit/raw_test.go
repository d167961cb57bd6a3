package audit_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

// raw are the calls by which a line plainly writes a file, by extension.
var raw = map[string]*regexp.Regexp{
	".go": regexp.MustCompile(`\b(os|ioutil)\.(WriteFile|Create|Rename|Link)\(|os\.OpenFile\([^)]*O_(TRUNC|APPEND)`),
	".py": regexp.MustCompile(`\bopen\([^)]*,\s*(mode=)?['"][wax]b?\+?['"]|\.write_text\(|\.write_bytes\(|\bos\.(rename|replace|link)\(|shutil\.(copy|copy2|copyfile|move)\(|\.extractall\(|urlretrieve\(`),
	".js": regexp.MustCompile(`\b(fs|fsp|fse|promises)\.(promises\.)?(writeFile|appendFile|createWriteStream|copyFile|rename|outputFile|writeJson|outputJson)(Sync)?\(`),
}

// TestRawCallsAreSites counts, in the trees that WHOLLY_RAW names (a list of
// folders), the lines that plainly write a file and are on no step of a site.
// What it logs is read by a person: texts that look like code are among them.
func TestRawCallsAreSites(t *testing.T) {
	trees := filepath.SplitList(os.Getenv("WHOLLY_RAW"))
	if len(trees) == 0 {
		t.Skip("not counted: WHOLLY_RAW does not name a tree")
	}
	for _, tree := range trees {
		r := checkout(t, tree)
		on := map[string][]int{}
		for _, s := range r.Sites {
			on[s.File] = append(on[s.File], s.Line)
			for _, st := range s.Steps {
				on[st.File] = append(on[st.File], st.Line)
			}
		}
		calls, missed := 0, 0
		for path, src := range r.Sources {
			for n, line := range slices.Collect(strings.Lines(source(t, src))) {
				if !writesPlainly(path, line) {
					continue
				}
				calls++
				if !slices.ContainsFunc(on[path], func(at int) bool { return at-1 <= n+1 && n+1 <= at+1 }) {
					missed++
					t.Logf("%s:%d: %s", path, n+1, strings.TrimSpace(line))
				}
			}
		}
		t.Logf("%s: %d lines write plainly, %d are no site", filepath.Base(tree), calls, missed)
	}
}

func source(t *testing.T, s audit.Source) string {
	t.Helper()
	b, err := os.ReadFile(s.Disk)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writesPlainly(path, line string) bool {
	ext := filepath.Ext(path)
	if strings.HasPrefix(ext, ".ts") || strings.HasSuffix(ext, "js") {
		ext = ".js"
	}
	trimmed := strings.TrimSpace(line)
	comment := strings.HasPrefix(trimmed, "//") || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "*")
	return raw[ext] != nil && !comment && raw[ext].MatchString(line)
}
