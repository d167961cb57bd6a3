package keeper

// Pid is the browser's process, which is the first of its group: a signal to
// the negative number reaches all that it started.
func (b *Browser) Pid() int { return b.cmd.Process.Pid }
