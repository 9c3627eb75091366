package foreign

import (
	"context"
	"path/filepath"
)

// Module builds the program in the folder, a Go module of its own so that this one
// doesn't depend on what it needs, and returns the program.
func Module(ctx context.Context, folder string) (program string, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	program = filepath.Join(folder, "target", filepath.Base(folder))
	return program, build(ctx, folder, "target", "go", "build", "-o", program, ".")
}
