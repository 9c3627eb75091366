package arch

import (
	"go/ast"
	"go/types"
	"slices"
)

// pure checks what a package that only computes uses of those it imports, and
// that it has no goroutines and nothing to speak to them with.
func (c *checker) pure() {
	c.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			c.use(n)
		case *ast.GoStmt:
			c.report(RuleGoroutines, n, "starts a goroutine on a pure layer")
		case *ast.SelectStmt:
			c.report(RuleGoroutines, n, "waits on a pure layer")
		case *ast.ChanType:
			c.report(RuleGoroutines, n, "has a channel on a pure layer")
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.Ident)
			if !ok {
				return
			}
			if _, builtin := c.info.Uses[f].(*types.Builtin); builtin && (f.Name == "print" || f.Name == "println") {
				c.report(RulePure, n, "prints on a pure layer")
			}
		}
	})
	c.dotImports()
}

// use checks one mention of an imported package's name.
func (c *checker) use(sel *ast.SelectorExpr) {
	ident, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	imported, ok := c.info.Uses[ident].(*types.PkgName)
	if !ok {
		return
	}
	target, name := imported.Imported().Path(), sel.Sel.Name
	names, listed := c.plan.Pure[target]
	if !listed { // its import was reported already, or it is our own
		return
	}
	if slices.Contains(names.Except, name) || len(names.Just) > 0 && !slices.Contains(names.Just, name) {
		c.report(RulePure, sel, "uses %s of %s on the pure layer %s", name, target, c.layer)
	}
}

// dotImports reports imports that would hide what is used.
func (c *checker) dotImports() {
	for _, file := range c.pkg.Files {
		for _, spec := range file.Imports {
			if spec.Name != nil && spec.Name.Name == "." {
				c.report(RulePure, spec, "imports with a dot on the pure layer %s", c.layer)
			}
		}
	}
}
