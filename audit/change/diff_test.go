package change

import (
	"errors"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	const diff = `diff --git a/x.go b/x.go
index 1..2 100644
--- a/x.go
+++ b/x.go
@@ -1 +1,2 @@ func a() {
--- old
+++ new
+@@ -1 +1 @@
@@ -9,2 +10,0 @@
-gone
-gone
\ No newline at end of file
diff --git a/pic.png b/pic.png
Binary files a/pic.png and b/pic.png differ
diff --git a/old b/new
similarity index 100%
rename from old
rename to new
* Unmerged path y.go
diff --git "a/q\"\303\274" "b/q\"\303\274"
--- /dev/null
+++ "b/q\"\303\274"	
@@ -0,0 +1,3 @@
+1
+2
+3
diff --git a/dead b/dead
--- a/dead
+++ /dev/null
@@ -1 +0,0 @@
-x
`
	files, err := parse([]byte(diff))
	if err != nil {
		t.Fatal(err)
	}
	x, q := files["x.go"], files["q\"ü"]
	if len(files) != 2 || !slices.Equal(x.changed, []lines{{1, 2}}) || !slices.Equal(x.gone, []int{10}) || !slices.Equal(q.changed, []lines{{1, 3}}) {
		t.Errorf("%+v", files)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, diff := range []string{
		"+++ b/x\n@@ -1 +1 @@\n-a\n",
		"+++ b/x\n@@ -1 +1 @@\n a\n+b\n",
		"+++ b/x\n@@ -1 +1\n",
		"+++ b/x\n@@ -x +1 @@\n",
		"+++ b/x\n@@ -1 +99999999999999999999 @@\n",
		"+++ b/x\n@@ -1 +-1 @@\n",
		"+++ \"b/x\n",
		"+++ x\n",
		"+++ b/\n",
	} {
		if files, err := parse([]byte(diff)); err == nil {
			t.Errorf("%q: %v", diff, files)
		} else if files != nil {
			t.Errorf("%q: half of it is returned", diff)
		}
	}
	if _, err := parse([]byte("@@ what\n")); !errors.Is(err, errHunk) {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n-a\n-b\n+c\n+d\n+e\n@@ -9 +9,0 @@\n-z\n"))
	f.Add([]byte("+++ \"b/\\303\\274\"\t\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n"))
	f.Fuzz(func(t *testing.T, diff []byte) {
		files, err := parse(diff)
		if err != nil && files != nil {
			t.Error("half of it is returned")
		}
		for name, c := range files {
			if name == "" {
				t.Error("a file without a name")
			}
			for _, r := range c.changed {
				if r.from < 0 || r.to < r.from || !c.has(r.from) || !c.has(r.to) {
					t.Errorf("%s: %+v", name, r)
				}
			}
			for _, n := range c.gone {
				if n < 0 || !c.has(n) || !c.lost(lines{n, n + 1}) {
					t.Errorf("%s: gone after %d", name, n)
				}
			}
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add([]byte("a b\x00ü\x00sub/\x00\x00"))
	f.Fuzz(func(t *testing.T, list []byte) {
		for _, n := range names(list) {
			if n == "" || n[len(n)-1] == '/' || slices.Contains([]byte(n), 0) {
				t.Errorf("%q", n)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var diff []byte
	for range 10_000 {
		diff = append(diff, "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n-a\n-b\n+c\n+d\n+e\n"...)
	}
	b.SetBytes(int64(len(diff)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(diff); err != nil {
			b.Fatal(err)
		}
	}
}
