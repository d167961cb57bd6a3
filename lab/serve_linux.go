package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/platter"
)

// serveVerb is the process of a disk. The lab starts it; nobody else needs it.
func serveVerb() *cobra.Command {
	return &cobra.Command{
		Use:    "serve DIR",
		Short:  "Be the disk that is mounted on DIR (the lab starts this itself)",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return platter.Serve(args[0], os.Stdin, os.Stdout)
		},
	}
}
