package play

import (
	"errors"
	"slices"

	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lab/internal/judge"
)

// controls are the classic mistakes, by the calls of the disk alone, and the
// textbook: the lab is blind unless it finds the ones guilty and the other
// innocent.
func controls() []Play {
	return []Play{
		control(Play{
			Name: "control-in-place", Title: "overwrite in place, then sync", Calls: "F", Size: 64 << 10,
			Promise: "nothing: half of it may be new",
			Expect:  []judge.Outcome{judge.Torn},
		}, nil),
		control(Play{
			Name: "control-bak", Title: "temp, old to .bak, temp in", Calls: "R R",
			Promise: "that there is always a file; there is not",
			Expect:  []judge.Outcome{judge.Missing, judge.Empty},
		}, bakPattern(false)),
		control(Play{
			Name: "control-bak-sync", Title: "the same, temp synced", Calls: "F R R",
			Promise: "that there is always a file; there is not",
			Expect:  []judge.Outcome{judge.Missing},
		}, bakPattern(true)),
		control(Play{
			Name: "control-rename", Title: "temp, rename", Calls: "R",
			Promise: "old or new for every reader, while there is power", // what else there is depends on the file system
		}, tempRename(false, false)),
		control(Play{
			Name: "control-sync-rename", Title: "temp, sync, rename", Calls: "F R",
			Promise: "old or new after a power cut; the newest may be lost",
			Expect:  []judge.Outcome{judge.Lost},
		}, tempRename(true, false)),
		control(Play{
			Name: "control-rename-sync", Title: "temp, rename, then sync", Calls: "R F D",
			Promise: "kept when it returns, but not whole before",
		}, renameSync),
		control(Play{
			Name: "control-textbook", Title: "temp, sync, rename, sync of the directory", Calls: "F R D", Durable: true,
			Promise: "old or new, and kept when it returns: what the lab must find clean",
		}, tempRename(true, true)),
	}
}

func control(p Play, save func(d disk.Dir, data []byte) error) Play {
	p.Group, p.Model, p.Small, p.Prepare = Control, true, p.Durable || p.Expect != nil, existing
	p.Run = each(func(s *Stage, data []byte) error { return save(s.Disk, data) })
	if save == nil {
		p.Run = each(inPlace)
	}
	return p
}

// inPlace writes in pieces, as a program with a buffer does. It needs contents
// of one length, since it does not cut the file.
func inPlace(s *Stage, data []byte) error {
	f, err := s.Disk.OpenWrite(target)
	if err != nil {
		return err
	}
	defer f.Close()
	for piece := range slices.Chunk(data, max(1, len(data)/8)) {
		if err := errors.Join(writeAll(f, piece), s.Pause()); err != nil {
			return err
		}
	}
	return f.Sync()
}

func bakPattern(sync bool) func(disk.Dir, []byte) error {
	return func(d disk.Dir, data []byte) error {
		if err := create(d, "tmp", data, sync); err != nil {
			return err
		}
		if err := d.Rename(target, target+".bak"); err != nil {
			return err
		}
		return d.Rename("tmp", target)
	}
}

func tempRename(syncFile, syncDir bool) func(disk.Dir, []byte) error {
	return func(d disk.Dir, data []byte) error {
		if err := create(d, "tmp", data, syncFile); err != nil {
			return err
		}
		if err := d.Rename("tmp", target); err != nil || !syncDir {
			return err
		}
		return d.Sync()
	}
}

func renameSync(d disk.Dir, data []byte) error {
	f, err := d.Create("tmp", 0o640)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := writeAll(f, data); err != nil {
		return err
	}
	if err := d.Rename("tmp", target); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return d.Sync()
}
