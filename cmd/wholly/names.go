package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
)

// oneFile wants FILE and nothing else.
func oneFile(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("one FILE is wanted, got %d arguments", len(args))
	}
	return fileName(args[0])
}

// fileAndNumber wants FILE and perhaps the number of an earlier version.
func fileAndNumber(_ *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("FILE and perhaps a version's number are wanted, got %d arguments", len(args))
	}
	if _, err := number(args); err != nil {
		return err
	}
	return fileName(args[0])
}

// number is the earlier version that is asked for: the newest if none is.
func number(args []string) (int, error) {
	if len(args) < 2 {
		return 1, nil
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not the number of an earlier version: 1 is the newest of them", args[1])
	}
	return n, nil
}

// fileName refuses "-": these verbs replace or look up a name, and standard
// input and output have none.
func fileName(name string) error {
	switch name {
	case "-":
		return errors.New("- is no name that could be kept whole: give a file's (./- for one called -)")
	case "":
		return errors.New("FILE is empty")
	}
	return nil
}

// completeFirst completes the first argument with file names and no other.
func completeFirst(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

func completeDirs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}
