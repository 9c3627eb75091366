package arch

import (
	"go/ast"
	"go/types"
	"path"
	"strings"
)

// resolve tells what each name within the package means: a local, a package
// variable, an imported package. What imported packages contain it doesn't look
// at, so nothing needs to be built; the type errors that follow from that are
// the compiler's business and ignored.
func resolve(p *Package) *types.Info {
	info := &types.Info{
		Defs:      map[*ast.Ident]types.Object{},
		Uses:      map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{},
	}
	config := types.Config{Importer: hollow{}, Error: func(error) {}}
	_, _ = config.Check(p.Path, p.fset, p.Files, info)
	return info
}

// hollow imports every package as one without content.
type hollow struct{}

// Import returns an empty package of the name that the path suggests.
func (hollow) Import(importPath string) (*types.Package, error) {
	pkg := types.NewPackage(importPath, packageName(importPath))
	pkg.MarkComplete()
	return pkg, nil
}

// packageName guesses a package's name from its path: the last element that
// isn't a major version, without what can't stand in a name.
func packageName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	base = strings.TrimPrefix(base, "go-")
	base = strings.TrimSuffix(base, ".go")
	return strings.NewReplacer("-", "", ".", "").Replace(base)
}
