package keeper_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// library are functions that pages of the tests use.
const library = `
var make = (name, version, build, fill) => new Promise((yes, no) => {
	const r = indexedDB.open(name, version);
	r.onupgradeneeded = () => build(r.result, r.transaction);
	r.onerror = () => no(r.error);
	r.onblocked = () => no(new Error('blocked'));
	r.onsuccess = () => {
		const db = r.result;
		if (!fill) { db.close(); return yes(1); }
		const tx = db.transaction(Array.from(db.objectStoreNames), 'readwrite');
		fill(tx, db);
		tx.oncomplete = () => { db.close(); yes(1); };
		tx.onabort = () => no(tx.error);
	};
});
var all = (name, store) => new Promise((yes, no) => {
	const r = indexedDB.open(name);
	r.onsuccess = () => {
		const out = [];
		const c = r.result.transaction(store).objectStore(store).openCursor();
		c.onsuccess = () => {
			const cur = c.result;
			if (!cur) { r.result.close(); return yes(out); }
			out.push([cur.key, cur.value]); cur.continue();
		};
	};
	r.onerror = () => no(r.error);
});
// tell writes anything as a text that differs when the thing does.
var tell = v => {
	const seen = new Map();
	const go = v => {
		if (Object.is(v, -0)) return '-0';
		if (typeof v === 'bigint') return v + 'n';
		if (typeof v === 'string') return JSON.stringify(v);
		if (v === null || typeof v !== 'object') return String(v);
		if (seen.has(v)) return '#' + seen.get(v);
		seen.set(v, seen.size);
		const tag = Object.prototype.toString.call(v).slice(8, -1);
		if (tag === 'Date') return 'Date ' + v.getTime();
		if (tag === 'RegExp') return String(v);
		if (tag === 'Error') return v.name + ': ' + v.message;
		if (tag === 'ArrayBuffer') return 'buffer ' + new Uint8Array(v);
		if (ArrayBuffer.isView(v)) return tag + ' ' + Array.from(v);
		if (tag === 'Map') return 'Map{' + Array.from(v, ([k, w]) => go(k) + '=>' + go(w)) + '}';
		if (tag === 'Set') return 'Set{' + Array.from(v, go) + '}';
		if (Array.isArray(v)) return '[' + Array.from(v, go) + ']';
		return tag + '{' + Object.keys(v).map(k => JSON.stringify(k) + ':' + go(v[k])) + '}';
	};
	return go(v);
};
`

// kinds fills databases with everything that the notation knows.
const kinds = library + `
(async () => {
	await make('values', 3, db => { db.createObjectStore('s'); }, tx => {
		const cycle = { name: 'c' }; cycle.self = cycle;
		const twice = { t: 1 };
		const proto = {}; Object.defineProperty(proto, '__proto__', { value: 7, enumerable: true, writable: true, configurable: true });
		const values = [0, '', false, null, NaN, -0, undefined, Infinity, -Infinity, 12n, 'text', '\ud800', true, 1.5,
			new Date(1e12), new Date(NaN), /a+/gi, new Error('e'), [1, [2, { a: null }]], { a: [1], '': 2, 'ü': 'ö' },
			cycle, [twice, twice], proto, new Map([[1, { a: 1 }], ['k', -0]]), new Set([1, 'a', 2n]),
			new Uint8Array([1, 2, 255]), new Float64Array([1.5, -0]), new BigInt64Array([-1n]), new Uint8Array([9, 8]).buffer,
			{ v: 'null' }, { toJSON: 1 }, { ref: 1, id: 2 }, { deep: { date: new Date(5) } }];
		values.forEach((v, i) => tx.objectStore('s').put(v, i + 1));
	});
	await make('keys', 1, db => { db.createObjectStore('s'); }, tx => {
		for (const k of [0, -0.5, '', 'k', new Date(7), [1, 'a', [new Date(1)]], new Uint8Array([1, 2]), -Infinity, '\udc00'])
			tx.objectStore('s').put({ v: 1 }, k);
	});
	await make('shapes', 7, db => {
		const a = db.createObjectStore('inline', { keyPath: 'id' });
		a.createIndex('by name', 'name', { unique: true });
		a.createIndex('by tags', 'tags', { multiEntry: true });
		db.createObjectStore('paths', { keyPath: ['a', 'b.c'] }).createIndex('two', ['a', 'x']);
		db.createObjectStore('counted', { autoIncrement: true });
		db.createObjectStore('counted inline', { keyPath: 'n', autoIncrement: true });
		db.createObjectStore('empty');
	}, tx => {
		tx.objectStore('inline').put({ id: 1, name: 'x', tags: ['p', 'q'] });
		tx.objectStore('paths').put({ a: 1, b: { c: 2 }, x: 3 });
		tx.objectStore('counted').put('first'); tx.objectStore('counted').put('');
		tx.objectStore('counted inline').put({ t: 1 });
	});
	await make('no stores', 2, () => {});
	return 'made';
})()`

// dumpAll tells everything in the databases, shapes included.
const dumpAll = library + `
(async () => {
	const out = [];
	for (const { name, version } of (await indexedDB.databases()).sort((a, b) => a.name < b.name ? -1 : 1)) {
		const db = await new Promise((y, n) => { const r = indexedDB.open(name); r.onsuccess = () => y(r.result); r.onerror = n; });
		out.push('DB ' + name + ' ' + version);
		for (const s of Array.from(db.objectStoreNames)) {
			const st = db.transaction(s).objectStore(s);
			out.push(' store ' + s + ' ' + JSON.stringify(st.keyPath) + st.autoIncrement);
			for (const i of Array.from(st.indexNames)) {
				const ix = st.index(i);
				out.push('  index ' + i + JSON.stringify(ix.keyPath) + ix.unique + ix.multiEntry);
			}
			for (const [k, v] of await all(name, s)) out.push('  ' + tell(k) + ' = ' + tell(v));
		}
		db.close();
	}
	return out.join('\n');
})()`

// carry captures one context and restores it into another.
func carry(t *testing.T, b *keeper.Browser, from, to string, how keeper.Restoring) (state, keeper.Report) {
	t.Helper()
	s, _, err := attach(t, b, keeper.Options{Context: from}).Capture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, _ = storagestate.Convert(s, storagestate.Playwright)
	text := read(t, s).text
	s, err = storagestate.Decode([]byte(text)) // as from a file
	if err != nil {
		t.Fatal(err)
	}
	r, err := attach(t, b, keeper.Options{Context: to}).Restore(t.Context(), s, how)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, []byte(text)), r
}

// Every value, key and shape comes back as it was. (M20)
func TestDatabasesComeBack(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	tb := u.open(site.URL + "/")
	tb.js(kinds)
	want := tb.js(dumpAll)
	_, u2, to := shared(t)
	s, r := carry(t, b, from, to, keeper.Restoring{})
	got := u2.open(site.URL + "/").js(dumpAll)
	if got != want {
		diff(t, got, want)
	}
	if !r.Whole() || r.Databases != 4 {
		t.Errorf("the report is %+v", r)
	}
	for _, falsy := range []string{`"valueEncoded": 0`, `"valueEncoded": ""`, `"valueEncoded": false`, `"keyEncoded": 0`, `"keyEncoded": ""`} {
		if !strings.Contains(s.text, falsy) {
			t.Errorf("the file has no %s: older Playwrights take the plain form for missing", falsy)
		}
	}
}

// diff tells which lines are in one text and not in the other.
func diff(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for _, line := range g {
		if !slices.Contains(w, line) {
			t.Errorf("has, and should not: %s", line)
		}
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			t.Errorf("has not, and should: %s", line)
		}
	}
	if !t.Failed() {
		t.Errorf("has\n%s\nwant\n%s", got, want)
	}
}

// What Playwright's older versions wrote is read by presence, and what cannot be
// restored costs nothing else. (M20)
func TestRecordsThatLackSomething(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	file := fmt.Sprintf(`{"cookies": [], "origins": [{"origin": %q, "localStorage": [], "indexedDB": [{"name": "d", "version": 1, "stores": [
		{"name": "s", "autoIncrement": false, "indexes": [], "records": [
			{"key": 1, "value": 0}, {"key": 0, "value": ""}, {"key": 2}, {"value": "no key"}, {"keyEncoded": {"v": "-0"}, "value": null},
			{"key": 3, "valueEncoded": {"d": null}}, {"key": {"not": "a key"}, "value": 1}]}]}]}]}`, site.URL)
	s, err := storagestate.Decode([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	r, err := attach(t, b, keeper.Options{Context: id}).Restore(t.Context(), s, keeper.Restoring{})
	if err != nil {
		t.Fatal(err)
	}
	got := u.open(site.URL + "/").js(dumpAll)
	want := "DB d 1\n store s nullfalse\n  0 = null\n  1 = 0\n  2 = undefined\n  3 = Date NaN"
	if got != want {
		diff(t, got, want)
	}
	var why []string
	for _, x := range r.Skipped {
		why = append(why, x.Reason)
	}
	for _, want := range []string{`store "s": a record has no value (1 times)`, `store "s": a record has no key (1 times)`, `store "s": DataError (1 times)`} {
		if !strings.Contains(strings.Join(why, "\n"), want) {
			t.Errorf("the report does not say %s: %q", want, why)
		}
	}
}

// A page that has the database open keeps its connection, and sees the restored
// records; nothing waits for it. (M9)
func TestOpenDatabasesAreFilledInPlace(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	build := `db => { db.createObjectStore('s') }`
	u.open(site.URL + "/").js(library + `make('d', 2, ` + build + `, tx => { tx.objectStore('s').put('restored', 'k') })`)
	_, u2, to := shared(t)
	open := u2.open(site.URL + "/")
	open.js(library + `make('d', 2, ` + build + `, tx => { tx.objectStore('s').put('old', 'k'); tx.objectStore('s').put('old', 'gone') })`)
	open.js(`new Promise(y => { const r = indexedDB.open('d'); r.onsuccess = () => { window.db = r.result; window.events = []; db.onclose = db.onversionchange = e => events.push(e.type); y(1) } })`)
	_, r := carry(t, b, from, to, keeper.Restoring{})
	if !r.Whole() || r.Databases != 1 {
		t.Errorf("the report is %+v", r)
	}
	got := open.js(`new Promise((y, n) => { const r = db.transaction('s').objectStore('s').getAll(); r.onsuccess = () => y(JSON.stringify([r.result, events])); r.onerror = n })`)
	if got != `[["restored"],[]]` {
		t.Errorf("the page that has it open sees %s", got)
	}
}

// A database of another shape must go; that wipes the origin, and what the file
// does not have is put back. (M10)
func TestAWipeLosesNoDatabase(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	u.open(site.URL + "/").js(library + `make('d', 3, db => { db.createObjectStore('new shape') }, tx => { tx.objectStore('new shape').put('restored', 'k') })`)
	for _, mode := range []keeper.Mode{keeper.Merge, keeper.Replace} {
		_, u2, to := shared(t)
		page := u2.open(site.URL + "/")
		page.js(library + `(async () => {
			await make('d', 5, db => { db.createObjectStore('old shape') });
			await make('only here', 1, db => { db.createObjectStore('s') }, tx => { tx.objectStore('s').put(new Date(3), 'k') });
		})()`)
		page.js(`new Promise(y => { const r = indexedDB.open('d'); r.onsuccess = () => { window.db = r.result; y(1) } })`)
		_, r := carry(t, b, from, to, keeper.Restoring{Mode: mode})
		if !r.Whole() {
			t.Errorf("the report is %+v", r)
		}
		want := "DB d 3\n store new shape nullfalse\n  \"k\" = \"restored\""
		if mode == keeper.Merge {
			want += "\nDB only here 1\n store s nullfalse\n  \"k\" = Date 3"
		}
		if got := page.js(dumpAll); got != want {
			diff(t, got, want)
		}
	}
}

// What the notation has no word for is told by database, store and path.
func TestLossesAreReported(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	u.open(site.URL + "/").js(library + `(async () => {
		const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
		await make('d', 1, db => { db.createObjectStore('s') }, tx => {
			tx.objectStore('s').put({ inside: [{ key }], name: 'x' }, 1);
			tx.objectStore('s').put(new Blob(['b']), 2);
		});
	})()`)
	_, r := capture(t, attach(t, b, keeper.Options{Context: id}))
	want := []keeper.Lossy{
		{Origin: site.URL, Database: "d", Store: "s", Path: ".inside[].key", Type: "CryptoKey", Count: 1},
		{Origin: site.URL, Database: "d", Store: "s", Path: "", Type: "Blob", Count: 1},
	}
	if fmt.Sprint(r.Lossy) != fmt.Sprint(want) {
		t.Errorf("reported %+v, want %+v", r.Lossy, want)
	}
}

// Beyond the budget nothing is captured of the origin, which is counted while
// reading; the rest is. (M8)
func TestBudget(t *testing.T) {
	b, u, id := shared(t)
	site := newSite(t)
	u.open(site.URL + "/").js(library + `make('d', 1, db => { db.createObjectStore('s') }, tx => {
		for (let i = 0; i < 1000; i++) tx.objectStore('s').put('x'.repeat(1000), i + 1) })`)
	u.open(site.other() + "/").js(library + `make('small', 1, db => { db.createObjectStore('s') }, tx => { tx.objectStore('s').put(1, 1) })`)
	s, r := capture(t, attach(t, b, keeper.Options{Context: id, IndexedDBMax: 500_000}))
	if strings.Contains(s.text, "xxxx") || !strings.Contains(s.text, `"small"`) {
		t.Error("the budget did not hold, or cost another origin its databases")
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Origin != site.URL || !strings.Contains(r.Skipped[0].Reason, "budget") {
		t.Errorf("the report is %+v", r.Skipped)
	}
	s, _ = capture(t, attach(t, b, keeper.Options{Context: id, IndexedDBExclude: []string{site.other()}}))
	if strings.Contains(s.text, `"small"`) || !strings.Contains(s.text, "xxxx") {
		t.Error("an origin that was excluded was captured, or another was not")
	}
	s, _ = capture(t, attach(t, b, keeper.Options{Context: id, IndexedDBInclude: []string{site.other() + "/small"}}))
	if !strings.Contains(s.text, `"small"`) || strings.Contains(s.text, "xxxx") {
		t.Error("only the database that was included should be there")
	}
}

// Twenty thousand records, 22 MB, are captured and restored within a minute each,
// on busy cores too, and in less than 512 MB.
func TestManyRecords(t *testing.T) {
	b, u, from := shared(t)
	site := newSite(t)
	const n = 20_000
	u.open(site.URL + "/").js(library + fmt.Sprintf(`make('d', 1, db => { db.createObjectStore('s', { keyPath: 'id' }) }, tx => {
		for (let i = 0; i < %d; i++) tx.objectStore('s').put({ id: i, text: 'x'.repeat(900), at: i }) })`, n))
	k := attach(t, b, keeper.Options{Context: from, IndexedDBMax: 50 << 20})
	began := time.Now()
	s, r, err := k.Capture(t.Context())
	took := time.Since(began)
	if err != nil || r.Records != n || !r.Whole() {
		t.Fatalf("captured %+v, %v", r, err)
	}
	var text bytes.Buffer
	if err := storagestate.Encode(&text, s); err != nil {
		t.Fatal(err)
	}
	_, u2, to := shared(t)
	began = time.Now()
	r, err = attach(t, b, keeper.Options{Context: to}).Restore(t.Context(), s, keeper.Restoring{})
	t.Logf("%d records, %d bytes: captured in %v, restored in %v", n, text.Len(), took, time.Since(began))
	if err != nil || r.Records != n || !r.Whole() {
		t.Errorf("restored %+v, %v", r, err)
	}
	if got := u2.open(site.URL + "/").js(library + `all('d', 's').then(a => a.length + ' ' + a[19999][1].at)`); got != "20000 19999" {
		t.Errorf("the page has %s", got)
	}
	if took > time.Minute || time.Since(began) > time.Minute {
		t.Error("it took longer than a minute")
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("memory taken from the system by this process, tests included: %d MB", mem.Sys>>20)
	if mem.Sys > 512<<20 {
		t.Error("it took more than 512 MB")
	}
	if !json.Valid(text.Bytes()) {
		t.Error("the state is no JSON")
	}
}
