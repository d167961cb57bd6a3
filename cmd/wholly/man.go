package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/wholly-go/wholly"
)

func (a *app) man() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the man pages into DIR",
		Long:    `Write a man page for each verb into DIR, which is made if it is missing.`,
		Example: `  wholly man /usr/local/share/man/man1`,
		GroupID: groupTool,
		Hidden:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one DIR is wanted")
			}
			return nil
		},
		ValidArgsFunction: completeDirs,
	}
	exits(cmd, "0", "written", "3", "it failed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		pages, err := manPages(cmd.Root(), args[0])
		if err != nil {
			return err
		}
		return a.answer(map[string][]string{"pages": pages}, func(out io.Writer) {
			fmt.Fprintln(out, strings.Join(pages, "\n"))
		})
	}
	return cmd
}

// manPages writes the pages of cmd and of the verbs below it, whole, and
// returns their names.
func manPages(cmd *cobra.Command, dir string) ([]string, error) {
	var page bytes.Buffer
	described := *cmd
	described.DisableAutoGenTag = true
	described.Long += manExits(cmd)
	if err := doc.GenMan(&described, &doc.GenManHeader{Section: "1", Source: "wholly", Manual: "wholly"}, &page); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
	if err := (wholly.Policy{MkdirMode: 0o777}).WriteFile(name, page.Bytes(), 0o666); err != nil {
		return nil, err
	}
	pages := []string{name}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() || sub.Name() == "help" {
			continue
		}
		more, err := manPages(sub, dir)
		if err != nil {
			return nil, err
		}
		pages = append(pages, more...)
	}
	return pages, nil
}

// manExits is the table of exit codes as the text of a man page.
func manExits(cmd *cobra.Command) string {
	table := cmd.Annotations[exitsKey]
	if table == "" {
		return ""
	}
	return "\n\nExit codes:\n\n" + strings.ReplaceAll("\n"+table, "\n  ", "\n    ")
}
