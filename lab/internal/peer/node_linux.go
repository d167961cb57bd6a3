package peer

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
)

//go:embed serve.mjs
var serveScript string

// inNode returns the peers from npm. cache is where their packages lie; empty
// for the user's.
func inNode(cache string) []Peer {
	return []Peer{
		nodePeer(cache, writeFileAtomic(nodeVersion()), "lib/index.js", "sync", Peer{
			Calls:   "F R",
			Promise: "Makes fs.writeFile’s “operation atomic”; it syncs by default and does not say what a power cut leaves.",
			Note:    "Called by its synchronous form; the mode is given for a new file only. Mode and owner are set after the sync.",
		}),
		nodePeer(cache, atomically(), "dist/index.js", "writeFileSync", Peer{
			Calls:   "F R",
			Promise: "“[…] it's impossible to get a corrupt/partially-written file”; its fsync is for “increasing the chances that the file will actually be written to disk in case of imminent catastrophic failures, like power outages”.",
			Note:    "Called by its synchronous form; the mode is given for a new file only. Mode and owner are set after the sync. It makes missing parent directories, and repeats some failed calls for a second.",
		}),
	}
}

func nodePeer(cache string, pkg npmPackage, entry, function string, p Peer) Peer {
	p.Name, p.Language, p.Source = pkg.name, "Node", "npm package "+pkg.name
	p.Version = fmt.Sprintf("%s (Node %s)", pkg.version, nodeVersion())
	modules := func(ctx context.Context) (string, error) {
		if _, err := exec.LookPath("node"); err != nil {
			return "", fmt.Errorf("%s: no node on this machine (Debian: nodejs npm)", p.Name)
		}
		dir, err := pkg.in(ctx, cache)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.Name, err)
		}
		return dir, nil
	}
	p.Missing = func(ctx context.Context) error { _, err := modules(ctx); return err }
	p.Open = func(ctx context.Context) (*Writer, error) {
		dir, err := modules(ctx)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, "node_modules", pkg.name, entry)
		c, err := start(ctx, "node", "--input-type=module", "-e", serveScript, file, function)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		return &Writer{name: p.Name, child: c}, nil
	}
	return p
}

// nodeVersion is asked once: the program stays the same while we run.
var nodeVersion = sync.OnceValue(func() string { return versionOf("node", "--version") })
