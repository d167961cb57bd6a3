package conform

import (
	"strings"
	"testing"
)

// A trace of a program with a second thread (11) and a process (20) that writes
// for it, with a second thread of its own (21).
const trace = `10 clone3({flags=CLONE_VM|CLONE_THREAD, stack_size=0x1000}, 88) = 11
10 clone(child_stack=NULL, flags=CLONE_VM|CLONE_VFORK|SIGCHLD <unfinished ...>
20 execve("/usr/bin/node", ["node"], 0x0) = 0
10 <... clone resumed>) = 20
20 clone3({flags=CLONE_VM|CLONE_THREAD, stack_size=0x1000}, 88) = 21
20 write(2</dev/null>, "early", 5) = 5
10 newfstatat(AT_FDCWD, "/conform-mark-begin", 0xc0, 0) = -1 ENOENT (No such file or directory)
10 writev(4<socket:[7]>, [{iov_base="{}", iov_len=2}], 1) = 2
11 write(5</tmp/log>, "the runtime", 11) = 11
20 openat(AT_FDCWD, "/tmp/f.1", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 9</tmp/f.1>
20 write(9</tmp/f.1>, "new", 3 <unfinished ...>
11 write(6<anon_inode:[eventfd]>, "1", 8) = 8
20 <... write resumed>) = 3
21 fsync(9</tmp/f.1>) = -1 EIO (Input/output error) (INJECTED)
10 close(7</tmp/other>) = 0
20 write(3<socket:[8]>, "{}", 2) = 2
10 newfstatat(AT_FDCWD, "/conform-mark-end", 0xc0, 0) = -1 ENOENT (No such file or directory)
10 write(1</tmp/late>, "late", 4) = 4
`

func TestCallsOfAWriterInAnotherProcessAreSeen(t *testing.T) {
	calls, err := callsIn(trace)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.thread+" "+c.name)
	}
	if got, want := strings.Join(got, ", "), "20 openat, 20 write, 21 fsync, 10 close"; got != want {
		t.Fatalf("%s; want %s", got, want)
	}
	if c := calls[1]; c.nth != 2 || c.result != "3" || c.path() != "/tmp/f.1" {
		t.Errorf("%+v", c)
	}
	if at := injectedCall(calls); at != 2 || !calls[2].failed() {
		t.Errorf("the injected call is %d", at)
	}
}

func TestATraceWithoutEndIsAnError(t *testing.T) {
	for _, text := range []string{"", strings.Replace(trace, markEnd, "/else", 1), strings.Replace(trace, markBegin, "/else", 1)} {
		if calls, err := callsIn(text); err == nil {
			t.Errorf("%d calls", len(calls))
		}
	}
}
