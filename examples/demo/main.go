// Command demo is a site with a login, to try the session keeper on.
//
//	demo 127.0.0.1:18737       serves it until it is ended
//	demo -ask 127.0.0.1:18737  waits for a visit that was not asked about yet,
//	                           and prints what the site made of it
//
// Who logs in (/login?user=NAME) gets three things, as sites give them: a cookie
// that no script can read, a token in localStorage, and a key in IndexedDB. A
// visit to / shows the server all three, and it says by which of them it knows
// the visitor. Its memory of them ends with it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	ask := flag.Bool("ask", false, "wait for a visit to the site at ADDR, and print who it was")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: demo [-ask] ADDR") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	run := serve
	if *ask {
		run = question
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := http.Server{Handler: newSite(), ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(l)
}

// patience is how long a question waits for the site, and for a visit.
const patience = time.Minute

func question(addr string) error {
	client := http.Client{Timeout: patience}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		res, err := client.Get("http://" + addr + "/ask")
		var unreachable *net.OpError
		if errors.As(err, &unreachable) && unreachable.Op == "dial" && time.Now().Before(end) {
			continue // it is about to be started
		}
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return errors.New("nobody came")
		}
		_, err = io.Copy(os.Stdout, res.Body)
		return err
	}
}
