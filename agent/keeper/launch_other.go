//go:build !unix

package keeper

import "os/exec"

// Without process groups the browser is its first process; the others end when
// they find it gone.

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func endGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
