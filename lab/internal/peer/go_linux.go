package peer

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/renameio/v2"
	"github.com/moby/sys/atomicwriter"
	"github.com/natefinch/atomic"
	"tailscale.com/atomicfile"
)

// inGo returns the peers that are Go functions.
func inGo() []Peer {
	return []Peer{
		standard(), handWritten(),
		goPeer(Peer{
			Name: "renameio", Version: "v2.0.2", Calls: "F R", Source: "github.com/google/renameio/v2",
			Promise: "An application never sees a half-written or empty file; its README gives up durability on purpose: it “concerns itself only with atomicity”.",
			Note:    "Its temp lies in $TMPDIR where that is on the same file system; it finds out by two probe files and a rename (R F R).",
		}, func(path string, data []byte, perm fs.FileMode) error { return renameio.WriteFile(path, data, perm) }),
		goPeer(Peer{
			Name: "natefinch/atomic", Version: "v1.0.1", Calls: "F R", Source: "github.com/natefinch/atomic",
			Promise: "On an error the file is “either fully written, or not written at all”; a crash or a power cut is not mentioned.",
			Note:    "Takes no mode: a new file is 0600. The mode of an existing file is set after the sync.",
		}, func(path string, data []byte, _ fs.FileMode) error {
			return atomic.WriteFile(path, bytes.NewReader(data))
		}),
		goPeer(Peer{
			Name: "moby/atomicwriter", Version: "v0.1.0", Calls: "F R", Source: "github.com/moby/sys/atomicwriter",
			Promise: "Writes atomically, as a drop-in replacement for os.WriteFile; a crash or a power cut is not mentioned.",
			Note:    "The mode is set after the sync.",
		}, atomicwriter.WriteFile),
		goPeer(Peer{
			Name: "tailscale/atomicfile", Version: "v1.92.5", Calls: "F R", Source: "tailscale.com",
			Promise: "Writes to a temp and renames it, “atomically”; its package “should be considered internal”; a crash or a power cut is not mentioned.",
			Note:    "v1.92.5 because later ones need a newer Go; the code of atomicfile at v1.104.5 is the same but for the copyright line.",
		}, atomicfile.WriteFile),
	}
}

// goPeer completes a peer that is the function write.
func goPeer(p Peer, write func(string, []byte, fs.FileMode) error) Peer {
	p.Language = "Go"
	p.Missing = func(context.Context) error { return nil }
	p.Open = func(context.Context) (*Writer, error) { return &Writer{name: p.Name, write: write}, nil }
	return p
}

func standard() Peer {
	return goPeer(Peer{
		Name: "os.WriteFile", Version: runtime.Version(), Calls: "in place", Source: "pkg.go.dev/os#WriteFile",
		Promise: "“[…] a failure mid-operation can leave the file in a partially written state.”",
	}, os.WriteFile)
}

func handWritten() Peer {
	return goPeer(Peer{
		Name: "hand-written Go", Version: runtime.Version(), Calls: "F R D", Source: "this package", Durable: true,
		Promise: "What a careful programmer writes: os.CreateTemp, Write, Sync, Close, Rename, Sync of the directory.",
	}, byHand)
}

// byHand is the shortest durable replace with the standard library.
func byHand(path string, data []byte, perm fs.FileMode) error {
	dir := filepath.Dir(path)
	temp, err := tempWith(dir, data, perm)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(dir)
}

// tempWith returns the name of a new file in dir that holds data, synced.
func tempWith(dir string, data []byte, perm fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(dir, ".tmp-")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	if err := f.Chmod(perm); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
