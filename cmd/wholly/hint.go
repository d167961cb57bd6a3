package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly"
)

// Each hint says what can be done about one kind of failure; commands in it can
// be copied.

func hintUsage(f *failure) string {
	if f.Op == "" {
		return "wholly --help lists the verbs"
	}
	return fmt.Sprintf("wholly %s --help shows its flags and an example", f.Op)
}

func hintPrint(f *failure) string {
	if f.Op == "write" || f.Op == "restore" {
		f.State = wholly.New.String()
		return "only the answer could not be printed: the file holds the new content"
	}
	return "standard output cannot be written"
}

func hintInterrupted(f *failure) string {
	if f.State != wholly.Old.String() {
		return ""
	}
	return f.quoted() + " is as it was"
}

func hintNotDurable(*failure) string {
	return "a power cut may bring the old content back; look for disk errors in the system's log, then write again"
}

func hintExists(f *failure) string {
	return fmt.Sprintf("--if-absent does not replace %s; to replace it whatever it is, leave the flag out", f.quoted())
}

func hintChanged(f *failure) string {
	v, err := present(f.Path)
	if err != nil {
		return "read the file again, then decide"
	}
	f.Present = &v
	if v == "" {
		return "there is no such file now: --if-absent writes only then"
	}
	return fmt.Sprintf("its version is now %s; read it, then write with --if-match %s", v, v)
}

// present is the version of the content at path, "" if there is no file.
func present(path string) (wholly.Version, error) {
	for info, err := range (wholly.Policy{}).Versions(path) {
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Number > 0 {
			return "", nil
		}
		return info.Version, err
	}
	return "", nil
}

func hintBusy(f *failure) string {
	return fmt.Sprintf("another writer is at work on %s: try again, or wait longer with --wait 2m", f.quoted())
}

func hintNoGood(f *failure) string {
	if f.agent() {
		return fmt.Sprintf("nothing was touched; wholly read %s prints what is there, wholly versions %s lists what was kept", f.quoted(), f.quoted())
	}
	return fmt.Sprintf("nothing was touched; without --check the content is printed as it is: wholly read %s", f.quoted())
}

func hintInvalid(f *failure) string {
	if f.Op == "conversation show" {
		return "if it is in another encoding than UTF-8, name that with --encoding"
	}
	if f.agent() {
		return "nothing was written; mend the content, then try again"
	}
	switch f.Op {
	case "write":
		return f.quoted() + " is as it was; mend what comes on standard input"
	case "restore", "diff":
		return fmt.Sprintf("see which versions are good: wholly versions --check json %s", f.quoted())
	}
	return "without --strict the newest good earlier version is read; without --check the content as it is"
}

func hintLeft(*failure) string {
	return "nothing was written; a secret in a key goes with --replace-keys"
}

func hintNotThere(*failure) string { return "wholly audit --all lists every line that writes" }

func hintCannot(*failure) string {
	return "wholly audit --json has the states that were worked out for the line"
}

func hintIsLog(f *failure) string {
	return fmt.Sprintf("wholly history export --secrets SECRETS %s OUT makes a history file of it", f.quoted())
}

func hintNotLog(*failure) string {
	return "it was not touched; wholly history append makes a log where there is no file"
}

func hintHeader(*failure) string {
	return "both copies of its header are spoilt, so no step in it can be trusted; it was not touched"
}

func hintLater(*failure) string {
	return "a later wholly made it; it was not touched"
}

func hintNotState(*failure) string {
	return "it was not touched; a storage state has a list of cookies or of origins"
}

func hintExposed(f *failure) string {
	return fmt.Sprintf("whoever can write there can put another session in its place: chmod go-w %s", quote(f.dir()))
}

func hintNoIdentity(*failure) string {
	return "name the file that holds the age identity: --identity key.txt"
}

func hintWrongIdentity(*failure) string {
	return "it was not touched; several files of identities may be named, each with --identity"
}

func hintNoRecipient(*failure) string {
	return "it was not touched; name whom to encrypt it to, with --encrypt-to age1…; age-keygen -y key.txt prints it"
}

func hintEmpty(f *failure) string {
	return f.quoted() + " is as it was; if it is to be emptied, say --allow-empty"
}

func hintStrange(f *failure) string {
	if f.Op == "session save" {
		return fmt.Sprintf("%s is as it was; to replace its logins by the browser's, say --adopt", f.quoted())
	}
	return fmt.Sprintf("%s is as it was; --restore=always loads it into the browser first, --adopt replaces it by what the browser holds", f.quoted())
}

func hintNotInstalled(*failure) string {
	return "install chromium, or say where it is: CHROME_BIN=/path/to/chrome"
}

func hintRemote(*failure) string {
	return "whoever is on the way there has the browser; if that is nobody, name the host with --allow-host"
}

func hintContext(*failure) string {
	return "leave --context out for the default one; a context ends with the connection of the program that made it"
}

func hintNoBrowser(*failure) string {
	return "start it with --remote-debugging-port=9222 and a --user-data-dir of its own, or have it started with --launch"
}

func hintNoBaseline(f *failure) string {
	return fmt.Sprintf("make it from what is found now: --baseline %s --update-baseline", f.quoted())
}

func hintNoGrammar(*failure) string {
	return "build with CGO_ENABLED=1 and a C compiler, or say --lang go to audit the Go files only"
}

func hintUnread(*failure) string {
	return "what was found in the others holds; --exclude leaves out what cannot be read"
}

func hintNoVersion(f *failure) string {
	f.Versions = earlier(f.Path)
	if len(f.Versions) == 0 {
		return "there are no earlier versions; wholly write --keep 3 keeps some"
	}
	return "the earlier versions are " + list(f.Versions) + "; wholly versions " + f.quoted() + " shows them"
}

// earlier returns the numbers of the earlier versions of path.
func earlier(path string) []int {
	var numbers []int
	for info, err := range (wholly.Policy{}).Versions(path) {
		if err == nil && info.Number > 0 {
			numbers = append(numbers, info.Number)
		}
	}
	return numbers
}

func list(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

func hintSymlink(*failure) string {
	return "--links follow replaces the file that it leads to, --links replace the link itself"
}

func hintHardLinks(*failure) string {
	return "--hard-links break replaces it under this name only; the others keep the old content"
}

func hintMounted(f *failure) string {
	return fmt.Sprintf("mount the directory %s in place of the single file, or write over it with --in-place (not atomic for readers)", quote(f.dir()))
}

func hintNotKept(*failure) string {
	return "without --strict it is written all the same, and the answer names what was lost; the owner or root can keep it"
}

func hintNotRegular(f *failure) string {
	if f.Op == "write" {
		return "devices, FIFOs and sockets are not replaced; to send data into one: cat > " + f.quoted()
	}
	return "devices, FIFOs and sockets have no content that could be kept"
}

func hintDirectory(f *failure) string {
	return "a directory was named; give a file in it, such as " + quote(filepath.Join(f.Path, "state.json"))
}

func hintDiskFull(f *failure) string {
	return fmt.Sprintf("no room for a second copy beside it (disk or quota full): see df -h %s, and df -i for a lack of inodes", quote(f.dir()))
}

func hintReadOnly(f *failure) string {
	return fmt.Sprintf("the file system of %s is mounted read-only; if it was not so before, look for disk errors in the system's log", quote(f.dir()))
}

func hintTooBig(*failure) string {
	return "the content is beyond the limit for files: see ulimit -f, or the file system's own"
}

func hintDiskError(*failure) string {
	return "the disk reported an error: look into the system's log (dmesg) before anything else is written there"
}

func hintLongName(*failure) string {
	return "a name may have 255 bytes, less where earlier versions are kept (.bak.N comes behind it)"
}

func hintLinkLoop(f *failure) string {
	if f.agent() {
		return "symbolic links lead in a circle; see them with ls -l"
	}
	return "symbolic links lead in a circle; see them with ls -l, or put a file in the link's place with --links replace"
}

func hintNotDirectory(*failure) string {
	return "a part of the path before the last is not a directory"
}

func hintMissing(f *failure) string {
	dir := f.dir()
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		if f.Op == "write" {
			return "its directory is missing: leave out --mkdir=false, or mkdir -p " + quote(dir)
		}
		return "there is no directory " + quote(dir)
	}
	if f.Op == "doctor" {
		return "no file can be made in it"
	}
	f.Versions = earlier(f.Path)
	if len(f.Versions) > 0 {
		return fmt.Sprintf("an earlier version is there: wholly restore %s %d", f.quoted(), f.Versions[0])
	}
	return ""
}

func hintPermission(f *failure) string {
	if dir := closedDir(f.Path); dir != "" {
		return fmt.Sprintf("the directory %s may not be entered: see ls -ld %s", quote(dir), quote(dir))
	}
	if f.Op == "write" || f.Op == "restore" {
		dir := quote(f.dir())
		return fmt.Sprintf("it takes write permission on %s, where the new content is made, and on the file: see ls -ld %s and ls -l", dir, dir)
	}
	return fmt.Sprintf("see ls -l %s, and who you are with id", f.quoted())
}

// closedDir returns the first directory on the way to path that does not let
// the caller through.
func closedDir(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		_, err := os.Lstat(filepath.Join(dir, "x"))
		_, parentErr := os.Stat(dir)
		if os.IsPermission(err) && parentErr == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// dir is the directory that the verb worked in.
func (f *failure) dir() string {
	if f.Op == "doctor" || f.Op == "sweep" || f.Op == "man" {
		return f.Path
	}
	return filepath.Dir(f.Path)
}

// agent reports whether a verb about an agent's files failed.
func (f *failure) agent() bool { return strings.Contains(f.Op, " ") }

func (f *failure) quoted() string { return quote(f.Path) }

// quote makes a name a word of the shell.
func quote(name string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,:@%="
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	if name != "" && strings.Trim(name, plain) == "" {
		return name
	}
	return "'" + strings.ReplaceAll(shown(name), "'", `'\''`) + "'"
}
