package foreign

import (
	"context"
	"path/filepath"
)

// Where the projects of clients are, within this module, and in that what those in Java
// have in common.
const (
	clientsFolder = "internal/eurekatest/clients"
	clientsShared = "shared"
)

// JavaClient builds the client in Java of that name, such as spring-boot, and returns its
// runnable jar. What it is told and says: see package eurekatest.
func JavaClient(ctx context.Context, name string) (jar string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, clientsFolder)
	return Maven(ctx, filepath.Join(folder, name), filepath.Join(folder, clientsShared))
}
