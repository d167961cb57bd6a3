package conversation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrName is matched by the errors of [FileName].
var ErrName = errors.New("cannot be part of a file name")

const (
	namePrefix = "conversation_"
	nameSuffix = ".txt"
	// maxName is the longest file name that common file systems allow, in bytes.
	maxName = 255
	// reserved is what Windows allows in no name: refused everywhere, since
	// logs are carried from machine to machine.
	reserved = `<>:"/\|?*`
)

// FileName returns the name of the log file of a call, without a directory:
// conversation_<agent id>_<step>.txt. Steps count from 1. The result names a
// file in the directory it is joined to and nowhere else: an agent id that is
// empty, not UTF-8, too long for a name of 255 bytes, or holds a separator, "..",
// a control character or one that Windows reserves, is an error that matches
// [ErrName]; so is a step below 1.
func FileName(agentID string, step int) (string, error) {
	if err := checkID(agentID); err != nil {
		return "", fmt.Errorf("agent id %q: %w: %w", clip(agentID), ErrName, err)
	}
	if step < 1 {
		return "", fmt.Errorf("step %d: %w: steps count from 1", step, ErrName)
	}
	name := namePrefix + agentID + "_" + strconv.Itoa(step) + nameSuffix
	if len(name) > maxName {
		return "", fmt.Errorf("agent id %q: %w: a name of %d bytes, at most %d are allowed", clip(agentID), ErrName, len(name), maxName)
	}
	return name, nil
}

func checkID(id string) error {
	if id == "" {
		return errors.New("empty")
	}
	if !utf8.ValidString(id) {
		return errors.New("not UTF-8")
	}
	if strings.Contains(id, "..") {
		return errors.New(`".." leads out of a directory`)
	}
	if i := strings.IndexFunc(id, unicode.IsControl); i >= 0 {
		return fmt.Errorf("control character at byte %d", i)
	}
	if i := strings.IndexAny(id, reserved); i >= 0 {
		return fmt.Errorf("reserved character %q", id[i])
	}
	return nil
}

// ParseFileName splits a name that [FileName] could have given. ok is false
// for all others.
func ParseFileName(name string) (agentID string, step int, ok bool) {
	middle, isLog := strings.CutPrefix(name, namePrefix)
	middle, isText := strings.CutSuffix(middle, nameSuffix)
	i := strings.LastIndexByte(middle, '_')
	if !isLog || !isText || i < 0 {
		return "", 0, false
	}
	agentID = middle[:i]
	step, err := strconv.Atoi(middle[i+1:])
	if err != nil {
		return "", 0, false
	}
	// "01", "+1" and an id that FileName refuses would be another name.
	if same, err := FileName(agentID, step); err != nil || same != name {
		return "", 0, false
	}
	return agentID, step, true
}
