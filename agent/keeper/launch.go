package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// Launching says which browser is started, and how.
type Launching struct {
	// Path is the program; empty stands for $CHROME_BIN, else the first of
	// chromium, chromium-headless-shell and google-chrome that is on $PATH.
	Path string
	// Profile is its directory; empty stands for a new one, which is removed
	// when the browser has ended.
	Profile string
	// Window shows the browser; without, it is headless.
	Window bool
	// Args are given to the program behind our own.
	Args []string
}

// Browser is a browser that was started by Launch.
type Browser struct {
	cmd     *exec.Cmd
	socket  string
	profile string
	own     bool // the profile is ours to remove
	tail    *tail
	ended   chan struct{}
	once    sync.Once
}

// ErrNotInstalled: no browser was found to launch.
var ErrNotInstalled = errors.New("no Chromium is installed: set CHROME_BIN to one")

// longestTemp is how long the name of a temporary directory may be: the browser
// makes a socket in it, and names of sockets end at some hundred bytes.
const longestTemp = 60

// launchLimit is how long a browser may take to listen.
const launchLimit = 60 * time.Second

// Launch starts a browser with a profile of its own, in a process group of its
// own, and returns when it listens. On an error nothing of it is left.
func Launch(ctx context.Context, l Launching) (*Browser, error) {
	path, err := findBrowser(l.Path)
	if err != nil {
		return nil, err
	}
	b := &Browser{profile: l.Profile, tail: &tail{}, ended: make(chan struct{})}
	if b.profile == "" {
		b.own = true
		if b.profile, err = os.MkdirTemp("", "keeper-profile-"); err != nil {
			return nil, fmt.Errorf("launch: %w", err)
		}
	} else if err := os.Remove(filepath.Join(b.profile, portFile)); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("launch: %w", err) // it would tell of the browser before
	}
	b.cmd = exec.Command(path, l.args(b.profile)...)
	b.cmd.Stderr = b.tail
	if b.own && len(b.profile) < longestTemp {
		b.cmd.Env = append(os.Environ(), "TMPDIR="+b.profile) // what a kill leaves there goes with the profile
	}
	b.cmd.WaitDelay = 2 * time.Second
	ownGroup(b.cmd)
	if err := b.cmd.Start(); err != nil {
		b.removeProfile()
		return nil, fmt.Errorf("launch %s: %w", path, err)
	}
	go func() { b.cmd.Wait(); close(b.ended) }()
	if err := b.listen(ctx); err != nil {
		b.Kill()
		return nil, fmt.Errorf("launch %s: %w", path, err)
	}
	return b, nil
}

func findBrowser(path string) (string, error) {
	if path == "" {
		path = os.Getenv("CHROME_BIN")
	}
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("launch: %w", err)
		}
		return found, nil
	}
	for _, name := range []string{"chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("launch: %w", ErrNotInstalled)
}

func (l Launching) args(profile string) []string {
	args := []string{
		"--remote-debugging-port=0", "--user-data-dir=" + profile,
		"--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
	}
	if !l.Window {
		args = append(args, "--headless", "--disable-gpu")
	}
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // root's browser does not start with it
	}
	return append(args, l.Args...)
}

// listen waits until the browser has written where it listens.
func (b *Browser) listen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, launchLimit)
	defer cancel()
	for {
		socket, err := ProfileEndpoint(b.profile)
		if err == nil {
			b.socket = socket
			return nil
		}
		select {
		case <-b.ended:
			return fmt.Errorf("it ended before it listened%s", b.tail)
		case <-ctx.Done():
			return fmt.Errorf("it does not listen: %w%s", ctx.Err(), b.tail)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

const portFile = "DevToolsActivePort"

// ProfileEndpoint returns the endpoint of the browser that runs with the profile
// dir. It is as good as a password.
func ProfileEndpoint(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, portFile))
	if err != nil {
		return "", fmt.Errorf("look for a browser: %w: %w", ErrNoBrowser, err)
	}
	port, path, ok := strings.Cut(string(data), "\n")
	if path = strings.TrimSpace(path); !ok || !strings.HasPrefix(path, "/devtools/browser/") {
		return "", fmt.Errorf("look for a browser in %s: %w: %s is not whole", dir, ErrNoBrowser, portFile)
	}
	return "ws://127.0.0.1:" + strings.TrimSpace(port) + path, nil
}

// Endpoint is where the browser listens. It is as good as a password.
func (b *Browser) Endpoint() string { return b.socket }

// Profile is the browser's directory.
func (b *Browser) Profile() string { return b.profile }

// Done is closed when the browser has ended.
func (b *Browser) Done() <-chan struct{} { return b.ended }

// Kill ends the browser at once, as a crash would, and every process that it
// started. A profile made for it is removed.
func (b *Browser) Kill() {
	killGroup(b.cmd)
	<-b.ended
	b.removeProfile()
}

// Close asks the browser to end, and kills it if it has not after some seconds.
// A profile made for it is removed.
func (b *Browser) Close() {
	if b.askToEnd() != nil {
		endGroup(b.cmd)
	}
	select {
	case <-b.ended:
	case <-time.After(5 * time.Second):
	}
	b.Kill()
}

func (b *Browser) askToEnd() error {
	ctx, cancel := context.WithTimeout(context.Background(), browserLimit)
	defer cancel()
	conn, err := cdp.Dial(ctx, b.socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Call(ctx, "", "Browser.close", nil, nil)
}

// removeProfile waits for the last of the browser's processes to let go of it.
func (b *Browser) removeProfile() {
	if !b.own {
		return
	}
	b.once.Do(func() {
		for range 50 {
			if os.RemoveAll(b.profile) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
}

// tail keeps the end of what the browser says, for when it does not start.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - 2000; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// String is the last three lines, without the address that it may hold.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.text), []byte("\n"))
	text := ""
	for _, line := range lines[max(0, len(lines)-3):] {
		if len(line) > 0 && !bytes.Contains(line, []byte("ws://")) {
			text += "; it says: " + string(line)
		}
	}
	return text
}
