// Package lossless reads and writes JSON as it was written.
//
// Key order, unknown keys, the text of numbers and of strings (escapes of lone
// surrogates included) survive a load and a save. encoding/json loses each of
// them: maps are sorted, numbers become float64, a lone surrogate becomes
// U+FFFD, invalid UTF-8 is replaced in silence.
//
// A [Node] is a view of the text it was read from: a part is taken apart when
// somebody asks for what is in it, so that a large document costs little more
// than its text, and an untouched part is printed from it. Only layout is made
// anew: a [Style] says which.
//
// A Node is for one goroutine, reading included.
package lossless
