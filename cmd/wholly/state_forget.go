package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// What a merge deletes from a state is a login that somebody ended. It must not
// come back by a restore, nor by a recovery, so it has to go from the earlier
// versions too. They are rotated out: the content is written again until each
// holds it. That way there is at no moment less than a good file and its
// versions, and a crash leaves some of them to the next merge with --forget.

// versionsOf are the contents that stand at FILE and its earlier versions; those
// that cannot be read are left out.
func versionsOf(doc *stateDoc) map[wholly.Version]bool {
	seen := map[wholly.Version]bool{}
	for info, err := range doc.Versions() {
		if err == nil {
			seen[info.Version] = true
		}
	}
	return seen
}

// settle deals with what earlier versions hold of what the merge deleted. old
// are the contents from before it.
func (m *stateMerging) settle(ctx context.Context, doc *stateDoc, got *stateMergedJSON, old map[wholly.Version]bool) error {
	if !m.forget && got.Deleted == 0 && !m.haunted(doc) {
		return nil
	}
	var err error
	if m.forget || !m.keepDeleted {
		err = m.forgetOld(ctx, doc, old)
		got.Forgotten = err == nil
	}
	versions, _ := oldVersions(doc, old)
	beside, listErr := remnants(doc.Path())
	if err == nil {
		err = listErr
	}
	if err != nil {
		return &wholly.Error{Op: m.verb, Path: m.path, State: wholly.New, Err: fmt.Errorf("what was deleted may still stand beside it: %w", err)}
	}
	m.tellStill(got, doc, versions, beside)
	return nil
}

// haunted reports whether an earlier version holds what this merge would have
// deleted: one that was interrupted before it could forget, for instance.
func (m *stateMerging) haunted(doc *stateDoc) bool {
	if m.options.Mode != storagestate.Replace && m.start == nil {
		return false
	}
	for info, err := range doc.Versions() {
		if err != nil || info.Number == 0 || info.Damage != nil {
			continue
		}
		data, err := versionContent(wholly.Policy{}, doc.Path(), info.Number)
		if err != nil {
			continue
		}
		s, err := storagestate.Decode(data)
		if err != nil {
			continue
		}
		if _, report := m.bring(s, info.Time, m.from[0]); deletions(report.Changes) > 0 {
			return true
		}
	}
	return false
}

// forgetOld writes the content of FILE again until no earlier version is one of
// old. A writer that comes between is no harm: what it wrote is newer.
func (m *stateMerging) forgetOld(ctx context.Context, doc *stateDoc, old map[wholly.Version]bool) error {
	p := m.policy
	for tries := 0; ; tries++ {
		names, highest := oldVersions(doc, old)
		if len(names) == 0 {
			break
		}
		const most = 1000
		if tries > 2*highest || highest > most {
			return fmt.Errorf("earlier versions remain: %s", strings.Join(names, ", "))
		}
		p.Keep = max(p.Keep, highest)
		if err := p.Update(ctx, doc.Path(), 0o600, again); err != nil {
			return err
		}
	}
	if p.Keep == m.policy.Keep || m.policy.Keep == 0 {
		return nil
	}
	return m.policy.Update(ctx, doc.Path(), 0o600, again) // removes those beyond the number to keep
}

// again has an update write what is there, which moves the earlier versions on.
func again(data []byte) ([]byte, error) {
	if data == nil {
		return nil, wholly.ErrUnchanged
	}
	return data, nil
}

// oldVersions names the earlier versions that hold one of old which FILE itself
// does not, and tells the highest number of them. One that cannot be read counts
// as old.
func oldVersions(doc *stateDoc, old map[wholly.Version]bool) (names []string, highest int) {
	var now wholly.Version
	for info, err := range doc.Versions() {
		switch {
		case info.Number == 0:
			now = info.Version
		case err != nil || old[info.Version] && info.Version != now:
			names, highest = append(names, info.Name), max(highest, info.Number)
		}
	}
	return names, highest
}

// tellStill tells what is not forgotten, and what to do about it.
func (m *stateMerging) tellStill(got *stateMergedJSON, doc *stateDoc, versions []string, beside []remnant) {
	what := "what was deleted"
	if got.Deleted == 0 {
		what = "what was deleted earlier"
	}
	dir := filepath.Dir(got.Path)
	if full, err := filepath.Abs(got.Path); err != nil || full != doc.Path() {
		dir = filepath.Dir(doc.Path()) // a link leads there
	}
	for _, name := range versions {
		got.Still = append(got.Still, name)
		m.note("%s may still stand in %s, an earlier version; to have it forgotten: wholly state merge --forget %s %s",
			what, shown(name), quote(got.Path), quote(got.Path))
	}
	for _, r := range beside {
		got.Still = append(got.Still, r.name)
		m.note("%s may still stand in %s, %s; to be rid of it: rm %s", what, shown(r.name), r.what, quote(filepath.Join(dir, r.name)))
	}
}
