package main

import (
	"fmt"

	"heureka/internal/ops"
)

type versionCommand struct{}

func (versionCommand) Run(to console) error {
	_, err := fmt.Fprintln(to.out, version())
	return err
}

func version() string { return "heureka " + ops.ReadBuild().String() }
