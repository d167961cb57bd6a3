package rule

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var cancellableWrite = &Rule{
	Name:    "cancellable-write",
	Section: "Two writers, or a writer and a cancel",
	Harm:    Lost,
	AtMost:  Medium,
	Title:   "a cancel between truncation and the last byte leaves the file short",
	Reason:  "An asynchronous write with a suspension point between truncation and the last byte: a cancelled task leaves an empty or short file. A single call that runs whole in a worker thread (`anyio.Path.write_text`, `asyncio.to_thread`) is in place but not cancellable: do not report it here.",
	Advice:  "let a worker do the whole write, by a rename",
	Examples: []Example{
		{Language: effect.Python, Bad: `async with await anyio.open_file(path, "wb") as f:
    await f.write(data)
`, Good: `await anyio.to_thread.run_sync(atomic_write, path, data)
`},
		{Language: effect.JavaScript, Bad: `await writeFile(path, text, { signal });
`, Good: `await writeAtomic(path, text);
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Verdict != protocol.InPlace && l.Verdict != protocol.CopyOver || !l.Facts.Cancellable {
			return effect.Span{}, "", false
		}
		return effect.Span{}, "a cancelled task leaves the file empty or short", true
	},
}
