package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Package is one folder with Go files.
type Package struct {
	Path  string      // below the module, such as "write-node/lease"
	Name  string      // from its package clauses, tests' included
	Files []*ast.File // without tests

	fset *token.FileSet
}

// Load parses all packages of the module whose root fsys is, by rising path.
// Like the go command it passes over testdata, vendor, folders that begin with a
// dot or an underscore, and modules within the module.
func Load(fsys fs.FS) ([]*Package, error) {
	fset := token.NewFileSet()
	found := map[string]*Package{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return enter(fsys, name)
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		return add(found, fset, fsys, name)
	})
	if err != nil {
		return nil, fmt.Errorf("arch: load: %w", err)
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *Package) int { return strings.Compare(a.Path, b.Path) }), nil
}

// enter returns fs.SkipDir for a folder that doesn't belong to the module.
func enter(fsys fs.FS, folder string) error {
	if folder == "." {
		return nil
	}
	base := path.Base(folder)
	if base == "testdata" || base == "vendor" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(folder, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func add(found map[string]*Package, fset *token.FileSet, fsys fs.FS, name string) error {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	mode := parser.ParseComments | parser.SkipObjectResolution
	isTest := strings.HasSuffix(name, "_test.go")
	if isTest {
		mode = parser.PackageClauseOnly
	}
	file, err := parser.ParseFile(fset, name, src, mode)
	if err != nil {
		return err
	}
	folder := path.Dir(name)
	p := found[folder]
	if p == nil {
		p = &Package{Path: folder, fset: fset}
		found[folder] = p
	}
	if isTest {
		if p.Name == "" {
			p.Name = strings.TrimSuffix(file.Name.Name, "_test")
		}
		return nil
	}
	p.Name = file.Name.Name
	p.Files = append(p.Files, file)
	return nil
}
