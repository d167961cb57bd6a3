package report

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine tells what a result may depend on: processor, memory, kernel,
// versions of Go and of the file-system tools that are there, the load and the
// time. It tells nothing that would say whose machine it is.
func Machine(ctx context.Context) []Fact {
	facts := []Fact{
		{"processor", processor()},
		{"memory", memory()},
		{"kernel", kernel()},
		{"Go", runtime.Version()},
	}
	if rev := revision(); rev != "" {
		facts = append(facts, Fact{"revision", rev})
	}
	for _, tool := range tools {
		if v := tool.version(ctx); v != "" {
			facts = append(facts, Fact{tool.name, v})
		}
	}
	return append(facts,
		Fact{"load", load()},
		Fact{"date", time.Now().UTC().Format("2006-01-02 15:04 UTC")})
}

// tools are asked for their versions: what made the file systems, and what
// delayed the calls.
var tools = []tool{
	{"e2fsprogs", "mkfs.ext4", "-V"},
	{"xfsprogs", "mkfs.xfs", "-V"},
	{"btrfs-progs", "mkfs.btrfs", "--version"},
	{"strace", "strace", "-V"},
	{"Node.js", "node", "--version"},
	{"Python", "python3", "--version"},
}

type tool struct{ name, command, flag string }

var version = regexp.MustCompile(`\d+(\.\d+)+`)

// version is the first thing in the tool's answer that looks like one, or "".
func (t tool) version(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	path, err := exec.LookPath(t.command)
	if err != nil {
		// mkfs is often out of the way of those who are not root.
		path = "/usr/sbin/" + t.command
	}
	out, err := exec.CommandContext(ctx, path, t.flag).CombinedOutput()
	if err != nil {
		return ""
	}
	return version.FindString(string(out))
}

func processor() string {
	cores := Count(runtime.NumCPU()) + " cores, " + runtime.GOARCH
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return cores
	}
	for line := range strings.Lines(string(info)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model) + ", " + cores
		}
	}
	return cores
}

func memory() string {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return "unknown"
	}
	return Amount(float64(info.Totalram)*float64(info.Unit)/(1<<30)) + " GiB"
}

func kernel() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], ", ") + " (over 1, 5 and 15 minutes)"
}

// revision is the commit that the program was built from; `go run` does not
// tell.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var rev, changed string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			rev = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", changed"
		}
	}
	if rev == "" {
		return ""
	}
	return rev + changed
}
