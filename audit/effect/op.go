package effect

var opNames = [...]string{
	Invoke: "call", OpenFile: "open", Write: "write", Flush: "flush", Sync: "sync", Close: "close", Rename: "rename",
	Move: "move", Exchange: "exchange", Link: "link", Symlink: "symlink", Copy: "copy", Remove: "remove",
	RemoveTree: "remove tree", Mkdir: "mkdir", MakeTemp: "temp", MakeTempDir: "temp folder", Chmod: "chmod",
	Chown: "chown", Truncate: "truncate", Read: "read", Exists: "exists?", SyncDir: "sync folder", Lock: "lock",
	Yield: "yield", Watch: "watch", Handout: "hand out", Parse: "parse",
}

func (o Op) String() string { return opNames[o] }
