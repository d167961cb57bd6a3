package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ErrRemote: the endpoint is not on this machine, and its host is not one of
// Options.AllowHosts.
var ErrRemote = errors.New("not on this machine")

// ErrNoBrowser: nothing that speaks the DevTools protocol, in a version that is
// known, is where one was looked for.
var ErrNoBrowser = errors.New("no browser there")

// findSocket returns the websocket address of the browser at endpoint: ws or
// wss as it is, http, https, host:port or a port through /json/version. The
// address is as good as a password and goes into no error.
func findSocket(ctx context.Context, endpoint string, allow []string) (string, error) {
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return "", err
	}
	if host := u.Hostname(); !isLoopback(host) && !slices.Contains(allow, host) {
		return "", fmt.Errorf("attach to %s: %w: a DevTools endpoint is control of all its logins, so other hosts must be allowed by name", u.Host, ErrRemote)
	}
	if err := resolveHost(ctx, u); err != nil {
		return "", fmt.Errorf("attach to %s: %w: %w", u.Host, ErrNoBrowser, err)
	}
	if u.Scheme == "ws" || u.Scheme == "wss" {
		return u.String(), nil
	}
	return askVersion(ctx, u)
}

func parseEndpoint(endpoint string) (*url.URL, error) {
	text := endpoint
	if strings.Trim(text, "0123456789") == "" && text != "" {
		text = "127.0.0.1:" + text
	}
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "":
		return nil, errors.New("attach: the endpoint is no address: ws://…, http://host:port or host:port is wanted")
	case !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme):
		return nil, fmt.Errorf("attach: the endpoint has the scheme %s: ws, wss, http or https is wanted", u.Scheme)
	case strings.Contains(u.Path, "/devtools/page/"):
		return nil, errors.New("attach: the endpoint is that of one page: the browser's is wanted")
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

// resolveHost puts an address in the place of a name: the browser answers a
// Host that is neither an address nor localhost with an error. Where TLS checks
// the name it stays.
func resolveHost(ctx context.Context, u *url.URL) error {
	host := u.Hostname()
	_, err := netip.ParseAddr(host)
	if err == nil || isLoopback(host) || u.Scheme == "https" || u.Scheme == "wss" {
		return nil
	}
	addrs, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return errors.New("the name does not resolve")
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	u.Host = net.JoinHostPort(addrs[0], port)
	return nil
}

// askVersion asks the HTTP side of a browser for its websocket. Host and port of
// the answer are replaced by those that were dialled: the browser echoes the
// Host header, and knows of no tunnel.
func askVersion(ctx context.Context, u *url.URL) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, browserLimit)
	defer cancel()
	var answer struct {
		Protocol string `json:"Protocol-Version"`
		Socket   string `json:"webSocketDebuggerUrl"`
	}
	data, err := get(ctx, u.JoinPath("/json/version").String())
	if err != nil {
		return "", fmt.Errorf("attach to %s: %w: %w", u.Host, ErrNoBrowser, err)
	}
	if json.Unmarshal(data, &answer) != nil || answer.Socket == "" {
		return "", fmt.Errorf("attach to %s: %w: what answers is no DevTools endpoint", u.Host, ErrNoBrowser)
	}
	ws, err := url.Parse(answer.Socket)
	if err != nil || ws.Scheme != "ws" && ws.Scheme != "wss" || ws.Path == "" {
		return "", fmt.Errorf("attach to %s: %w: it tells no websocket", u.Host, ErrNoBrowser)
	}
	ws.Host = u.Host
	ws.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	return ws.String(), nil
}

// get reads a small answer, past any proxy and without following it elsewhere.
func get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address makes no request")
	}
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true, ResponseHeaderTimeout: time.Minute}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	var at *url.Error
	if errors.As(err, &at) {
		return nil, at.Err
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New("it answers " + resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, 1<<20))
}
