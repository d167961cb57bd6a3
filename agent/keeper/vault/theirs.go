package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// theirs is what stands in the file, as far as it says anything of its own. What
// was last known stands for a file that is missing, that is damaged, or in whose
// place an earlier version was put: such a one does not tell what was deleted,
// unless it was made from what was known.
func (s *save) theirs(old []byte) (*storagestate.State, error) {
	known := s.last.state
	if old == nil || wholly.VersionOf(old) == s.last.version {
		return known, nil
	}
	present, err := s.present()
	if err != nil {
		return nil, err
	}
	is, err := s.read(old)
	if (!bytes.Equal(present, old) || s.isEarlier(old)) && (err != nil || !ahead(is.Keeper(), known.Keeper())) {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w since it was read: %w", wholly.ErrChanged, err)
	}
	s.done.Foreign = true
	if !descends(is.Keeper(), known.Keeper()) {
		is = reunite(is, known, s.now)
	}
	_, report := storagestate.Merge3(known, is, known, storagestate.Options{Now: s.now})
	s.done.Incoming = withoutRecord(report.Changes)
	return is, nil
}

// isEarlier reports whether content is an earlier version, put back.
func (s *save) isEarlier(content []byte) bool {
	for info, err := range s.policy(0).Versions(s.path) {
		if err == nil && info.Number > 0 && info.Version == wholly.VersionOf(content) && !s.isFile(info.Name) {
			return true
		}
	}
	return false
}

// isFile reports whether a version is the file itself: who began to replace it
// was stopped between its second name and its successor.
func (s *save) isFile(version string) bool {
	p := s.policy(0)
	is, err := p.Stamp(s.path)
	other, err2 := p.Stamp(filepath.Join(s.dir(), version))
	return err == nil && err2 == nil && is == other
}

// present is the content of the file, damaged or not.
func (s *save) present() ([]byte, error) {
	r, err := s.policy(0).Open(s.path, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// overDamage writes what is known over a file that is damaged, of which no
// version is good. This File has read it when it was whole. The damaged content
// is set aside, if there is any.
func (s *save) overDamage(ctx context.Context, damage error) error {
	bad, err := s.present()
	if err != nil {
		return err
	}
	if _, err := s.change(nil); err != nil {
		return err
	}
	s.done.Created = false
	s.done.Recovered = &wholly.Recovered{Path: s.path, Version: wholly.VersionOf(s.out), From: "what the keeper knew of it", Damage: damage}
	p := s.policy(0)
	if len(bad) > 0 {
		p = s.policy(max(1, s.versions())) // what fails its check is set aside, and is no version
	}
	p.If = wholly.IfVersion(wholly.VersionOf(bad))
	_, err = p.WriteFrom(ctx, s.path, bytes.NewReader(s.out), 0o600)
	return err
}

// merge is what the file is to hold: the browser's changes in theirs.
func (s *save) merge(theirs *storagestate.State) (*storagestate.State, error) {
	changed := s.stamps()
	ours := s.State.WithKeeper(storagestate.Keeper{Version: storagestate.KeeperVersion, Changed: changed})
	o := storagestate.Options{Now: s.now}
	var next *storagestate.State
	var report storagestate.Report
	if s.Adopt {
		o.Mode, o.AllOrigins = storagestate.Replace, true
		next, report = storagestate.Merge(theirs, ours, o)
	} else {
		theirs, o.TheirsAt = s.dated(theirs)
		next, report = storagestate.Merge3(s.base.WithoutKeeper(), ours, theirs, o)
	}
	s.done.Changes = withoutRecord(report.Changes)
	if s.options.AllowEmpty || s.Seen || next.Live(s.now) > 0 || theirs.Live(s.now) == 0 {
		return next, nil
	}
	return nil, ErrEmpty
}

// stamps tells when each item was changed in the browser since base.
func (s *save) stamps() map[string]time.Time {
	_, report := storagestate.Merge3(s.base, s.State.WithoutKeeper(), s.base.WithoutKeeper(), storagestate.Options{Now: s.now})
	stamps := make(map[string]time.Time, len(report.Changes))
	for _, c := range report.Changes {
		id := c.Item.ID()
		at, known := s.Changed[id]
		if !known {
			at = s.now
		}
		stamps[id] = at
	}
	return stamps
}

// foreignWrite is how much later than its record says a file may have been
// written and still be a keeper's: besides, a disk may take 1 MB a second.
const foreignWrite = 2 * time.Second

// dated tells when the items of theirs were changed of which its record has no
// time. One that was written later than its record says was changed by a program
// that knows of no record: then no time in it is that of its items, and the
// file's stands for them all.
func (s *save) dated(theirs *storagestate.State) (*storagestate.State, time.Time) {
	stamp, err := s.policy(0).Stamp(s.path)
	if err != nil || !stamp.Exists() {
		return theirs, time.Time{}
	}
	at := stamp.Modified()
	k := theirs.Keeper()
	switch {
	case k.Version == 0:
		return theirs, at
	case at.Sub(k.SavedAt) > foreignWrite+time.Duration(stamp.Size())*time.Microsecond:
		k.Changed = nil
		return theirs.WithKeeper(k), at
	}
	return theirs, longAgo(k)
}

// reshape puts next into the dialect to write, and reports whether theirs would
// be written otherwise than it stands.
func (s *save) reshape(theirs, next *storagestate.State) (*storagestate.State, bool, error) {
	want := s.dialect(theirs.Dialect())
	if next.Dialect() != want || s.options.Dialect != storagestate.Unknown { // a plain cookie fits every dialect
		next, _ = storagestate.Convert(next, want)
	}
	if theirs.Dialect() == want {
		return next, false, nil
	}
	// What little is in a file may not tell its dialect: look at the text.
	var is, shaped bytes.Buffer
	converted, _ := storagestate.Convert(theirs, want)
	err := errors.Join(storagestate.Encode(&is, theirs), storagestate.Encode(&shaped, converted))
	return next, !bytes.Equal(is.Bytes(), shaped.Bytes()), err
}
