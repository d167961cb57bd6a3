// Package script rewrites JavaScript and TypeScript sources so that a crash no
// longer tears the files they write. It replaces tokens and reformats nothing.
package script

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// Module, Common and Typed are the forms of the file that is added to a
// project without a writer of its own.
//
//go:embed wholly-atomic.mjs
var Module []byte

// Common is the CommonJS form of Module.
//
//go:embed wholly-atomic.cjs
var Common []byte

// Typed is the TypeScript form of Module.
//
//go:embed wholly-atomic.ts
var Typed []byte

// Rewriter rewrites JavaScript and TypeScript. It implements edit.Rewriter.
type Rewriter struct{}

var _ edit.Rewriter = Rewriter{}

// Parse returns nil if text is a source of the file's language without an
// error.
func (Rewriter) Parse(path string, text []byte) error {
	_, err := read(path, text)
	return err
}

// Answer returns what can be done about each site of j.
func (Rewriter) Answer(j *edit.Job) ([]edit.Answer, error) {
	s, err := read(j.Path, j.Text)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", j.Path, err)
	}
	var answers []edit.Answer
	for _, site := range j.Sites {
		d := &draft{s, s.Draft(j, site)}
		answers = append(answers, d.Answer(d.rewrite()))
	}
	return answers, nil
}

// verdicts are the ways of writing that are left alone, and why.
var verdicts = map[protocol.Verdict]string{
	protocol.UpdateInPlace:   "the file is opened without emptying it, and what of the old content is meant to stay is not in the source",
	protocol.Append:          "it appends: what is there must stay, so the file is not replaced; one write for each record is the remedy",
	protocol.CreateExclusive: "it makes a file that must not be there yet; a replacement would not notice one that is",
	protocol.Device:          "it is not a regular file",
	protocol.Scratch:         "the file lies in a folder for temporary files and is gone afterwards",
	protocol.Transactional:   "a database does the writing",
	protocol.Publish:         "what is renamed here was written elsewhere, and must be synced there",
	protocol.Moved:           "an existing file is moved; nothing is written",
	protocol.CopyOver:        "the finished file is copied over the target; rename it instead, from a temp in the target's own folder",
	protocol.UnknownVerdict:  "how the file is opened could not be told",
}

// rewrite fills the draft, or says why it cannot.
func (d *draft) rewrite() error {
	if isOurs(d.Job.Path) {
		return refuse("this is the writer that fixes add")
	}
	c := d.call(d.Site.Raw)
	if c == nil {
		return refuse("the write is no plain call here")
	}
	if why, ok := verdicts[d.Site.Verdict]; ok {
		return refuse("%s", why)
	}
	if d.Site.Facts.Tree {
		return refuse("a whole folder is deleted and built again: build it beside, and give it the name when it is complete")
	}
	if err := d.place(c); err != nil {
		return err
	}
	var err error
	switch d.Site.Verdict {
	case protocol.InPlace, protocol.InPlaceWithBackup:
		err = d.inPlace(c)
	case protocol.Atomic, protocol.AtomicSynced, protocol.Window:
		err = d.group(c)
	default:
		err = refuse("no way to rewrite this is known")
	}
	if err == nil {
		err = d.available()
	}
	if err == nil {
		d.mention()
	}
	return err
}

// ours are the functions of the added file.
var ours = []string{"writeAtomic", "writeAtomicSync", "writeAtomicCallback", "keepBackup", "keepBackupSync"}

// available refuses what needs a writer that may not be added, or whose name
// is taken.
func (d *draft) available() error {
	for _, name := range d.Needs {
		if !slices.Contains(ours, name) {
			continue
		}
		if d.bound[name] && !d.imported(name) {
			return refuse("the name %s means something else in this file", name)
		}
		if at := d.helper(); !at.there && !d.Job.AddWriter {
			return refuse("the project has no durable writer that fits, and none may be added")
		}
	}
	return nil
}

// mention says what people were hurt by.
func (d *draft) mention() {
	named := strings.ToLower(d.Site.Target[strings.LastIndexByte(d.Site.Target, '/')+1:])
	if strings.Contains(named, "config") || strings.Contains(named, "settings") || slices.ContainsFunc(d.Site.Evidence, func(e audit.Evidence) bool {
		return e.Kind == "users-file" || e.Kind == "configuration"
	}) {
		d.Note("a file that is mounted by itself into a container cannot be replaced: mount its folder")
	}
}
