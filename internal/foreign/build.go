package foreign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Bounds of a build.
const (
	buildPatience = 15 * time.Minute // a first build fetches some 100 MB
	buildGrace    = 5 * time.Second  // for a tool that was told to end
	shownOutput   = 8 << 10          // of a tool that failed, in bytes, from the end
)

// made is the file that tells when a build was complete, in the folder of what was
// built.
const made = ".made"

// build runs the tool in the folder unless what it makes, in the folder out within,
// is newer than all else there.
func build(ctx context.Context, folder, out, tool string, args ...string) error {
	return buildOf(ctx, []string{folder}, out, tool, args...)
}

// buildOf is build in the first of several folders that the thing is made of.
func buildOf(ctx context.Context, folders []string, out, tool string, args ...string) error {
	folder := folders[0]
	ctx, cancel := context.WithTimeout(ctx, buildPatience)
	defer cancel()
	unlock, err := lock(ctx, tool)
	if err != nil {
		return fmt.Errorf("build %s: %w", folder, err)
	}
	defer unlock()
	marker := filepath.Join(folder, out, made)
	fresh := true
	for _, source := range folders {
		one, err := newer(marker, source, out)
		if err != nil {
			return fmt.Errorf("build %s: %w", folder, err)
		}
		fresh = fresh && one
	}
	if fresh {
		return nil
	}
	if err := run(ctx, folder, tool, args...); err != nil {
		return fmt.Errorf("build %s: %w", folder, err)
	}
	if err := os.WriteFile(marker, nil, 0o644); err != nil {
		return fmt.Errorf("build %s: %w", folder, err)
	}
	return nil
}

// newer reports whether the file is newer than all in the folder but what the build
// makes there.
func newer(file, folder, out string) (bool, error) {
	at, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	fresh := true
	err = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == out {
				return fs.SkipDir
			}
			return nil // its time tells that a build has begun
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(at.ModTime()) {
			fresh = false
			return fs.SkipAll
		}
		return err
	})
	return fresh, err
}

// run runs a tool to its end. Its output is shown if it fails.
func run(ctx context.Context, folder, tool string, args ...string) error {
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Dir, cmd.WaitDelay = folder, buildGrace
	output, err := cmd.CombinedOutput()
	if err != nil {
		output = output[max(0, len(output)-shownOutput):]
		return errors.Join(fmt.Errorf("%s: %w\n%s", tool, err, output), ctx.Err())
	}
	return nil
}
