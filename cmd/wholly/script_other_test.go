//go:build !linux

package main

import (
	"errors"

	"github.com/rogpeppe/go-internal/testscript"
)

func canMount() error { return errors.ErrUnsupported }

func asNobody() { panic("only on Linux") }

func mount(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("mount: only on Linux") }
