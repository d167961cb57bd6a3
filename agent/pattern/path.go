package pattern

import (
	"path/filepath"
	"strings"
)

// PathVariable is the environment variable that names the file.
const PathVariable = "BROWSER_USE_PATTERNS_PATH"

// Path returns where the file is to be looked for: explicit if it is not nil,
// the empty text included, which means the working directory; else what the
// environment says, if it says anything; else patterns/patterns.json. A
// leading "~" becomes home; that of another user stays. The result may be
// relative: to be resolved once, since the working directory can change.
func Path(explicit *string, getenv func(string) string, home string) string {
	path := filepath.Join("patterns", "patterns.json")
	if s := getenv(PathVariable); s != "" {
		path = s
	}
	if explicit != nil {
		path = *explicit
	}
	return filepath.Clean(withHome(path, home))
}

func withHome(path, home string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || home == "" || rest != "" && rest[0] != '/' && rest[0] != filepath.Separator {
		return path
	}
	return home + rest
}
