package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
)

var noCommitPoint = &Rule{
	Name:    "no-commit-point",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Untidy,
	AtMost:  High,
	Title:   "files that belong together are replaced one after the other",
	Reason:  "Files that belong together (certificate and key, data and index) are replaced one after the other with nothing that says which pair is valid.",
	Advice:  "write both into a new directory, then flip one link",
	Examples: []Example{
		{Language: effect.Python, Bad: `atomic_write(cert_path, cert)
atomic_write(key_path, key)
`, Good: `write_dir(fresh, cert, key)  # one flip
os.symlink(fresh, tmp)
os.replace(tmp, current)
`},
		{Language: effect.Go, Bad: `err = wholly.WriteFile(certPath, cert, 0o600)
err = wholly.WriteFile(keyPath, key, 0o600)
`, Good: `err = writeDir(fresh, cert, key) // one flip
err = os.Symlink(fresh, tmp)
err = os.Rename(tmp, current)
`},
		{Language: effect.JavaScript, Bad: `await writeAtomic(certPath, cert);
await writeAtomic(keyPath, key);
`, Good: `await writeDir(fresh, cert, key); // one flip
await symlink(fresh, tmp);
await rename(tmp, current);
`},
	},
	delegated: true,
	find: func(l *Look) (effect.Span, string, bool) {
		pair := l.Tree.pairOf(l.Place)
		if pair == nil {
			return effect.Span{}, "", false
		}
		return effect.Span{}, fmt.Sprintf("a crash between this and line %d leaves two files that do not belong together", pair.Line.Line), true
	},
}
