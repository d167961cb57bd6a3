package main

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// asNobody is main without the rights of root.
func asNobody() {
	const nobody = 65534
	err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody))
	if err != nil {
		panic(err)
	}
	main()
}

var canMount = sync.OnceValue(func() error {
	dir, err := os.MkdirTemp("", "wholly-mount-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=64k"); err != nil {
		return err
	}
	return syscall.Unmount(dir, 0)
})

// mount tmpfs DIR SIZE, mount bind FROM TO, mount readonly DIR; each until the
// script ends.
func mount(ts *testscript.TestScript, _ bool, args []string) {
	last := ts.MkAbs(args[len(args)-1])
	var err error
	switch args[0] {
	case "tmpfs":
		last = ts.MkAbs(args[1])
		err = errors.Join(os.MkdirAll(last, 0o755), syscall.Mount("none", last, "tmpfs", 0, "size="+args[2]))
	case "bind":
		err = syscall.Mount(ts.MkAbs(args[1]), last, "", syscall.MS_BIND, "")
	case "readonly":
		ts.Check(syscall.Mount("", last, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		return
	default:
		ts.Fatalf("mount %s is unknown", args[0])
	}
	ts.Check(err)
	ts.Defer(func() { ts.Check(syscall.Unmount(last, syscall.MNT_DETACH)) })
}
