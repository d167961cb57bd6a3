// Package conversation reads and writes the conversation log of browser-use:
// one text file per model call, with the messages that were sent and the
// answer that came back. It turns bytes into types and back; it touches no
// disk.
//
// # The text
//
// A message is a line of one space, the role and one space; the text; an empty
// line. The answer follows as JSON, indented by two. There is no line feed at
// the end:
//
//	 user
//	What is on the page?
//
//	{
//	  "memory": "a login form"
//	}
//
// [Conversation.AppendText] writes exactly what browser-use writes, except that
// numbers and escapes inside the answer stay as they were given: 1e5 is not made
// 100000.0, nor \u00e9 an é. A file without an answer, which browser-use never
// writes, ends after the last message's text and a line feed.
//
// The layout has no escapes, so a message that holds a line " user " after an
// empty one reads as two. [Parse] does its best and warns where it can see the
// doubt; the JSON twin ([Conversation.AppendJSON], [ParseJSON]) has none.
//
// Places in errors are a line and a column in bytes of UTF-8, as in every format
// here.
//
// # Encodings
//
// The file is UTF-8 unless an encoding is named. It is read back by Python, so
// a name that Python knows has Python's meaning: "latin-1" is ISO 8859-1 and
// has no €, "ascii" has no é, "utf-16" begins with a byte order mark. Any other
// label of the WHATWG Encoding Standard has the meaning given there. [Encode]
// finishes or fails before a byte can reach a file.
package conversation
