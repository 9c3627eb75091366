package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// variables allows what never changes: errors, compiled patterns, tables that the
// plan lists, and the blank variable that asks the compiler whether a type
// satisfies an interface.
func (c *checker) variables(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range value.Names {
			switch {
			case name.Name == "_":
			case i < len(value.Values) && constant(value.Values[i]):
			case slices.Contains(c.plan.Tables, c.pkg.Path+"."+name.Name):
			default:
				c.report(RuleVariables, name, "package variable %s is no error, pattern or table of the plan", name.Name)
			}
		}
	}
}

// constant recognises what makes an error or a pattern.
func constant(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := fun.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch pkg.Name + "." + fun.Sel.Name {
	case "errors.New", "fmt.Errorf", "regexp.MustCompile":
		return true
	}
	return false
}

// writes reports every place that changes a package variable, or takes its
// address, which lets others change it.
func (c *checker) writes() {
	report := func(target ast.Expr) {
		root := rootOf(target)
		if root == nil {
			return
		}
		v, ok := c.info.Uses[root].(*types.Var)
		if ok && v.Parent() != nil && v.Parent() == v.Pkg().Scope() {
			c.report(RuleVariables, target, "changes package variable %s, or lets others do so", root.Name)
		}
	}
	c.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, left := range n.Lhs {
					report(left)
				}
			}
		case *ast.IncDecStmt:
			report(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				report(n.Key)
				report(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				report(n.X)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
				report(n.Args[0])
			}
		}
	})
}

// rootOf returns the variable at the root of what is written to: x of x, x.f,
// x[i], *x and (x).
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func (c *checker) inspect(visit func(ast.Node)) {
	for _, file := range c.pkg.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}
