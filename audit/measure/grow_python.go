package main

import "fmt"

func growPython(n int, seed uint64, write func(name, text string) error) error {
	if err := write("lib/keep.py", keepPython); err != nil {
		return err
	}
	for i := range n - 1 {
		name := fmt.Sprintf("lib/part%03d/mod%d.py", i/20, i)
		if i%5 < 2 { // as in the real one, much of it is tests
			name = fmt.Sprintf("tests/part%03d/test_mod%d.py", i/20, i)
		}
		if err := write(name, pythonFile(newGardener(seed, i))); err != nil {
			return err
		}
	}
	return nil
}

const keepPython = `"""How this project keeps its files."""
import os
import tempfile


def keep(path, text):
    fd, tmp = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.replace(tmp, path)
    except BaseException:
        os.unlink(tmp)
        raise
`

func pythonFile(g *gardener) string {
	g.WriteString("\"\"\"")
	for range 4 + g.IntN(8) {
		g.line(0, "The %v of a %v is kept by its %v, and a %v that was copied is not the %v.")
	}
	g.WriteString("\"\"\"\nimport json\nimport os\nimport re\nfrom pathlib import Path\n\nfrom lib.keep import keep\n\n")
	g.line(0, "%v_names = {'%v': '%v', '%v': 1, '%v': [2, 3]}")
	for c := range 2 + g.IntN(3) {
		fmt.Fprintf(g, "\n\nclass %s%d:\n", title(g.a(nouns)), c)
		g.line(4, "\"\"\"A %v with a %v.\"\"\"")
		g.WriteString("\n    def __init__(self, root, limit=10):\n        self.path = os.path.join(root, '" + g.a(nouns) + ".json')\n        self.limit = limit\n        self.data = {}\n")
		for range 4 + g.IntN(4) {
			g.method(4, "self, ")
		}
	}
	for range 4 + g.IntN(6) {
		g.WriteByte('\n')
		g.method(0, "")
	}
	return g.String()
}

func (g *gardener) method(indent int, self string) {
	fmt.Fprintf(g, "\n%*sdef %s_%s%d(%spath, %s, %s=None):\n", indent, "", g.a(verbs), g.a(nouns), g.IntN(100), self, g.a(nouns), g.a(nouns))
	g.line(indent+4, "\"\"\"Give the %v of each %v that the %v has, or none.\"\"\"")
	g.line(indent+4, "out = []")
	for range 2 + g.IntN(5) {
		g.block(indent+4, pythonWork)
	}
	switch {
	case g.chance(4):
		g.block(indent+4, pythonWrites)
	case g.chance(3):
		g.line(indent+4, "keep(path, json.dumps(out))")
	}
	g.line(indent+4, "return out")
}

var pythonWork = []string{
	"for %v in sorted(out, key=lambda x: x[0]):\n    if not %v:\n        continue\n    out.append((%v, %v.replace('%v', '%v')))",
	"try:\n    %v = int(path.split(':')[1])\nexcept (IndexError, ValueError) as e:\n    raise KeyError(f'no %v in {path!r}') from e",
	"%v = {k: v for k, v in zip(path, out) if k and v is not None}\n%v = dict(%v_map.copy(), %v=len(out))",
	"if re.match(r'^[a-z]+\\d*$', path) and len(out) > 3:\n    %v = [x.strip() for x in path.split(',')]\nelse:\n    %v = []",
	"# The %v is open here, and its %v can be removed.\nwhile out and out[-1] == '%v':\n    out.pop()",
	"%v = max((len(x) for x in out), default=0)\nassert %v >= 0, 'a %v below the %v'",
	"with lock_of('%v') as %v:\n    %v.link(out, '%v')\n    %v.update(out[:10])",
	"out.append('%-20s %8d' % ('%v', len(out) * 17 + 4))",
}

var pythonWrites = []string{
	"with open(path, 'w', encoding='utf-8') as f:\n    json.dump(out, f, indent=2)",
	"Path(path).write_text('\\n'.join(map(str, out)))",
	"tmp = path + '.tmp'\nwith open(tmp, 'w') as f:\n    f.write(repr(out))\nos.replace(tmp, path)",
	"with open(path, 'a') as log:\n    log.write('%v\\n')",
	"try:\n    out = json.loads(Path(path).read_text())\nexcept (OSError, ValueError):\n    out = []",
}
