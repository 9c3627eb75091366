package k8s

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// sources copies the YAML files of this folder into memory.
func sources(t *testing.T) filesys.FileSystem {
	t.Helper()
	memory := filesys.MakeFsInMemory()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return memory.WriteFile(filepath.ToSlash(name), content)
	})
	if err != nil {
		t.Fatal(err)
	}
	return memory
}

// overlays names the folders that are there to be applied.
func overlays(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("overlays/*")
	if err != nil || len(found) == 0 {
		t.Fatal("no overlays", err)
	}
	return append([]string{"base"}, found...)
}

// render builds an overlay and decodes its objects. Unknown kinds and fields,
// fields given twice and values of the wrong type are errors.
func render(fsys filesys.FileSystem, overlay string) ([]runtime.Object, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme,
		autoscalingv2.AddToScheme, networkingv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, overlay)
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", overlay, err)
	}
	var objects []runtime.Object
	for _, resource := range built.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		object, _, err := decoder.Decode(text, nil, nil)
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", resource.CurId(), err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// edit replaces one text in one file; it must be there.
func edit(t *testing.T, fsys filesys.FileSystem, file, before, after string) {
	t.Helper()
	content, err := fsys.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), before) {
		t.Fatalf("%s has no %q to spoil", file, before)
	}
	if err := fsys.WriteFile(file, []byte(strings.Replace(string(content), before, after, 1))); err != nil {
		t.Fatal(err)
	}
}
