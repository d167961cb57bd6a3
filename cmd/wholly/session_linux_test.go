package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/keeper/vault"
)

// drive is a test with a browser, the demo site and the verbs as programs. What
// these say is collected: no value may be in it.
type drive struct {
	*testing.T
	dir, site string

	mu   sync.Mutex
	said bytes.Buffer
}

func (d *drive) hear(text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said.Write(text)
}

func (d *drive) heard() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.String()
}

func newDrive(t *testing.T) *drive {
	needBrowser(t)
	d := &drive{T: t, dir: t.TempDir()}
	if err := os.Chmod(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	buildDemo(t, filepath.Join(d.dir, "demo"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.site = l.Addr().String()
	l.Close()
	demo := exec.Command(filepath.Join(d.dir, "demo"), d.site)
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { demo.Process.Kill(); demo.Wait() })
	return d
}

// browser is one that somebody else started.
func (d *drive) browser() *keeper.Browser {
	d.Helper()
	b, err := keeper.Launch(d.Context(), keeper.Launching{})
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(b.Kill)
	return b
}

// ask is what the site made of the next visit.
func (d *drive) ask() string {
	d.Helper()
	out, err := exec.Command(filepath.Join(d.dir, "demo"), "-ask", d.site).Output()
	if err != nil {
		d.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func (d *drive) command(args ...string) *exec.Cmd {
	cmd := program(d.T, append([]string{"session"}, args...)...)
	cmd.Dir = d.dir
	return cmd
}

// does runs a session verb to its end and returns its answer.
func (d *drive) does(code int, args ...string) string {
	d.Helper()
	cmd := d.command(args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		d.Errorf("session %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &talk)
	}
	d.hear(append(out.Bytes(), talk.Bytes()...))
	return out.String() + talk.String()
}

// keeping is a `session keep --json` that runs.
type keeping struct {
	*drive
	cmd    *exec.Cmd
	events chan eventJSON
}

func (d *drive) keeps(args ...string) *keeping {
	d.Helper()
	k := &keeping{d, d.command(append([]string{"keep", "--json"}, args...)...), make(chan eventJSON, 1000)}
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	k.cmd.Stderr = os.Stderr
	if err := k.cmd.Start(); err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { k.cmd.Process.Signal(syscall.SIGTERM); k.cmd.Wait() })
	go func() {
		defer close(k.events)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var e eventJSON
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				d.Errorf("%s: %v", lines.Text(), err)
			}
			k.hear(lines.Bytes())
			k.events <- e
		}
	}()
	return k
}

// until reads events up to one that is as wanted.
func (k *keeping) until(what string, is func(eventJSON) bool) eventJSON {
	k.Helper()
	late := time.After(60 * time.Second)
	for {
		select {
		case e, more := <-k.events:
			if !more {
				k.Fatalf("it ended before %s", what)
			}
			if is(e) {
				return e
			}
		case <-late:
			k.Fatalf("waited in vain for %s", what)
		}
	}
}

func happens(name string) func(eventJSON) bool {
	return func(e eventJSON) bool { return e.Event == name }
}

func savedItem(part string) func(eventJSON) bool {
	return func(e eventJSON) bool {
		return e.Saved != nil && strings.Contains(strings.Join(e.Saved.What, " "), part)
	}
}

// secrets are the values in the state file: none of them may be said.
func (d *drive) secrets(name string) (values []string) {
	d.Helper()
	f, err := vault.Open(filepath.Join(d.dir, name), vault.Options{})
	if err != nil {
		d.Fatal(err)
	}
	held, err := f.Load()
	if err != nil {
		d.Fatal(err)
	}
	for _, raw := range held.State.Cookies() {
		var c struct{ Value string }
		json.Unmarshal(raw, &c)
		values = append(values, c.Value)
	}
	for o := range held.State.Origins() {
		for _, e := range o.LocalStorage {
			values = append(values, e.Value)
		}
		_, key, _ := strings.Cut(string(o.IndexedDB), `"v": "`)
		values = append(values, strings.SplitN(key, `"`, 2)[0])
	}
	return values
}

func (d *drive) file(name string) string {
	d.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		d.Fatal(err)
	}
	return string(data)
}

const loggedIn = "ada is logged in: by cookie, by token, by database"

// A browser that somebody drives: kept, saved, killed, and loaded into another.
func TestSessionVerbsWithABrowser(t *testing.T) {
	d := newDrive(t)
	first := d.browser()
	at := listens(first.Endpoint())
	k := d.keeps("--cdp", at, "--open", "http://"+d.site+"/login?user=ada", "kept.json")
	if e := k.until("attached", happens("attached")); !strings.Contains(e.Browser, "/") || e.Path != "kept.json" {
		t.Errorf("%+v", e)
	}
	if got := d.ask(); got != loggedIn {
		t.Fatal(got)
	}
	e := k.until("the database to be saved", savedItem("indexedDB demo"))
	if e.Saved.Cookies != 1 || e.Saved.Origins != 1 || e.Saved.LagMS <= 0 || e.Saved.LagMS > 30_000 {
		t.Errorf("%+v", e.Saved)
	}

	// Once, into a new file; the same again is nothing new.
	if got := d.does(0, "save", "--cdp", at, "once.json"); !strings.HasPrefix(got, "once.json: 1 cookie, 1 origin with 1 item and 1 database: ") {
		t.Error(got)
	}
	if got := d.does(0, "save", "--json", "--cdp", at, "once.json"); !strings.Contains(got, `"written":false`) || !strings.Contains(got, `"whole":true`) {
		t.Error(got)
	}
	d.refuses(at)
	key := d.seals(at)

	// A signal ends it in good order.
	if err := k.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if e := k.until("ended", happens("ended")); e.Report == nil || e.Report.Cookies != 1 {
		t.Errorf("%+v", e)
	}
	if err := k.cmd.Wait(); err != nil {
		t.Error(err)
	}

	// The browser dies; each of the files brings the login back.
	first.Kill()
	for _, args := range [][]string{{"kept.json"}, {"--replace", "once.json"}, {"--identity", key, "sealed.age"}} {
		b := d.browser()
		args = append([]string{"load", "--cdp", listens(b.Endpoint()), "--open", "http://" + d.site + "/"}, args...)
		if got := d.does(0, args...); !strings.Contains(got, "1 cookie, 1 origin with 1 item and 1 database loaded into Chrome/") {
			t.Error(got)
		}
		if got := d.ask(); got != loggedIn {
			t.Errorf("%v: %s", args, got)
		}
		b.Kill()
	}
	d.shows(key)
}

// refuses checks what save does not do to a file of others.
func (d *drive) refuses(at string) {
	d.Helper()
	strange := `{"cookies": [{"name": "other", "value": "s3cr3t", "domain": "y.example", "path": "/"}], "origins": []}`
	path := filepath.Join(d.dir, "strange.json")
	if err := os.WriteFile(path, []byte(strange), 0o600); err != nil {
		d.Fatal(err)
	}
	if got := d.does(3, "save", "--cdp", at, "strange.json"); !strings.Contains(got, "--adopt") || d.file("strange.json") != strange {
		d.Error(got)
	}
	if got := d.does(3, "keep", "--cdp", at, "strange.json"); !strings.Contains(got, "--restore=always") || d.file("strange.json") != strange {
		d.Error(got)
	}
	d.does(0, "save", "--cdp", at, "--adopt", "strange.json")
	if got := d.file("strange.json"); strings.Contains(got, "other") || d.file("strange.json.bak") != strange {
		d.Error("it was not adopted, or the old content is lost")
	}
	if got := d.does(3, "save", "--cdp", at, "--context", "nowhere", "none.json"); !strings.Contains(got, "no such context") {
		d.Error(got)
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	if got := d.does(3, "save", "--cdp", other.URL, "none.json"); !strings.Contains(got, "no browser there") {
		d.Error(got)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "none.json")); err == nil {
		d.Error("a file was made")
	}
}

// seals saves once more, encrypted, and returns the name of the key's file.
func (d *drive) seals(at string) (key string) {
	d.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, "key.txt"), []byte(id.String()+"\n"), 0o600); err != nil {
		d.Fatal(err)
	}
	d.does(0, "save", "--cdp", at, "--encrypt-to", id.Recipient().String(), "--dialect", "browser-use", "sealed.age")
	sealed := d.file("sealed.age")
	if got := d.does(3, "save", "--cdp", at, "--encrypt-to", id.Recipient().String(), "sealed.age"); !strings.Contains(got, "no identity was given") {
		d.Error(got)
	}
	if got := d.does(3, "save", "--cdp", at, "--identity", "key.txt", "sealed.age"); !strings.Contains(got, "--encrypt-to") && !strings.Contains(got, "holds that already") {
		d.Error(got)
	}
	if d.file("sealed.age") != sealed || !strings.HasPrefix(sealed, "age-encryption.org/v1\n") {
		d.Error("the sealed file was touched, or is none")
	}
	return "key.txt"
}

// shows checks that nothing that was said, and no sealed file, has a value.
func (d *drive) shows(key string) {
	d.Helper()
	if got := d.does(0, "show", "--identity", key, "sealed.age"); !strings.Contains(got, "browser-use, encrypted") {
		d.Error(got)
	}
	d.does(0, "show", "--json", "kept.json")
	values := d.secrets("kept.json")
	if len(values) != 3 {
		d.Fatalf("%d values are in the file", len(values))
	}
	for _, v := range values {
		if len(v) < 20 {
			d.Errorf("a value of %d bytes is not what is meant", len(v))
		}
		if strings.Contains(d.heard(), v) || strings.Contains(d.file("sealed.age"), v) {
			d.Error("a value was said, or stands in the sealed file")
		}
	}
	if id := strings.TrimSpace(d.file(key)); strings.Contains(d.heard(), id) {
		d.Error("the identity was said")
	}
	for _, name := range []string{"kept.json", "once.json", "sealed.age", "strange.json", "strange.json.bak"} {
		if info, err := os.Stat(filepath.Join(d.dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			d.Error(name, info.Mode(), err)
		}
	}
}

// A browser that dies and is started again by others, with the same profile: the
// keeper waits for it, gives it what the first one had, and goes on.
func TestSessionKeepWaitsForTheNextBrowser(t *testing.T) {
	d := newDrive(t)
	how := keeper.Launching{Profile: t.TempDir(), Args: []string{"http://" + d.site + "/login?user=ada"}}
	first, err := keeper.Launch(t.Context(), how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Kill)
	if got := d.ask(); got != loggedIn {
		t.Fatal(got)
	}
	k := d.keeps("--profile-dir", how.Profile, "--wait", "kept.json")
	k.until("the database to be saved", func(e eventJSON) bool { return strings.Contains(d.fileOrNone("kept.json"), `"indexedDB"`) })
	first.Kill()
	k.until("waiting", happens("waiting"))
	if err := os.RemoveAll(how.Profile); err != nil { // nothing of it but what was kept
		t.Fatal(err)
	}
	how.Args = nil
	second, err := keeper.Launch(t.Context(), how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Kill)
	if e := k.until("restored", happens("restored")); e.Report == nil || e.Report.Cookies != 1 || !e.Report.Whole {
		t.Errorf("%+v", e.Report)
	}
	d.does(0, "load", "--cdp", listens(second.Endpoint()), "--open", "http://"+d.site+"/", "kept.json")
	if got := d.ask(); got != loggedIn {
		t.Error(got)
	}
	if err := k.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	k.until("ended", happens("ended"))
	if err := k.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// On a terminal the last save is in a line of status, and events stand above it.
func TestSessionKeepOnATerminal(t *testing.T) {
	d := newDrive(t)
	b := d.browser()
	cmd := d.command("keep", "--cdp", listens(b.Endpoint()), "--open", "http://"+d.site+"/login?user=ada", "kept.json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	other, screen := terminal(t)
	got := shows(t, cmd, other, screen, func() {
		go func() { text, _ := io.ReadAll(out); answer <- string(text) }()
		if said := d.ask(); said != loggedIn {
			t.Error(said)
		}
		for end := time.Now().Add(30 * time.Second); !strings.Contains(d.fileOrNone("kept.json"), "indexedDB") && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		b.Kill()
	})
	if !strings.Contains(got, "\rsaved just now, the ") || !strings.HasSuffix(got, " \r") {
		t.Errorf("the terminal showed %q", got)
	}
	if text := <-answer; !strings.Contains(text, "attached to  Chrome/") || !strings.Contains(text, "the browser has gone") ||
		!strings.Contains(text, "ended, all is on the disk  1 cookie, 1 origin with 1 item and 1 database\n") {
		t.Errorf("%q", text)
	}
	for _, v := range d.secrets("kept.json") {
		if strings.Contains(got, v) {
			t.Error("a value was shown")
		}
	}
}

func (d *drive) fileOrNone(name string) string {
	data, _ := os.ReadFile(filepath.Join(d.dir, name))
	return string(data)
}
