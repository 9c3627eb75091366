package k8s

import (
	"errors"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// verify builds an overlay and returns everything that is wrong with it.
func verify(t *testing.T, fsys filesys.FileSystem, overlay string) error {
	t.Helper()
	objects, err := render(fsys, overlay)
	if err != nil {
		return err
	}
	m, err := gather(objects)
	if err != nil {
		return err
	}
	if err := check(m); err != nil {
		return err
	}
	var f faults
	m.checkFlags(t, &f)
	return errors.Join(f.all...)
}

func TestOverlays(t *testing.T) {
	for _, overlay := range overlays(t) {
		t.Run(overlay, func(t *testing.T) {
			if err := verify(t, sources(t), overlay); err != nil {
				t.Error(err)
			}
		})
	}
}
