package foreign

import (
	"errors"
	"os"
	"path/filepath"
)

var errNoModule = errors.New("foreign: the working folder isn't in the module heureka")

// moduleRoot returns the folder of this module: the working folder of a test or of
// make, or one above it.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, springEureka, "pom.xml")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errNoModule
		}
		folder = parent
	}
}
