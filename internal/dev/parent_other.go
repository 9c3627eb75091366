//go:build !linux

package dev

import "os/exec"

// tie does nothing where the kernel can't tie a child to its parent.
func tie(*exec.Cmd) {}
