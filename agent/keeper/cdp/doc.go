// Package cdp speaks the Chrome DevTools Protocol over one websocket, and knows
// nothing of what is said.
//
// Sessions are flat: each message names its session, none stands for the
// browser. Everything that arrives is put into one queue, in the order of
// arrival, events and replies alike, by a reader that never waits for anybody;
// [Conn.Run] hands it out, one thing at a time. Who keeps a model of the browser
// changes it there and nowhere else, and asks with [Conn.Go]: an old answer can
// then not overwrite a newer event.
//
// JSON is handed on as it came: a lone surrogate is still an escape, and fields,
// events and words that nobody here knows cost nothing.
package cdp
