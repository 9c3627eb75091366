//go:build !linux

package dev

import "os/exec"

// Tie does nothing where the kernel can't tie a child to its parent.
func Tie(*exec.Cmd) {}
