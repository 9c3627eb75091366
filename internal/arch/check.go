package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// The rules that Check knows, as named in findings.
const (
	RulePlan       = "plan"       // every package is in the plan, and the plan names no other
	RuleNames      = "names"      // what a package must not be called; folders with a hyphen hold mains
	RuleDoc        = "doc"        // every package says what it is for
	RuleLayers     = "layers"     // imports go down, or sideways where the plan says so
	RuleOnly       = "only"       // some modules have one importer
	RulePure       = "pure"       // what pure layers import and use of it
	RuleGoroutines = "goroutines" // no go, select or channel on pure layers
	RuleInit       = "init"       // no func init
	RuleVariables  = "variables"  // no package variables but errors, patterns and tables
)

// Finding is one breach of a rule.
type Finding struct {
	Rule string
	At   string // file:line:column, or the package
	Text string
}

// String gives all three.
func (f Finding) String() string { return fmt.Sprintf("%s: %s (%s)", f.At, f.Text, f.Rule) }

// Check returns every breach of the plan, package by package.
func Check(packages []*Package, plan Plan) []Finding {
	var all []Finding
	for _, p := range packages {
		layer, known := plan.Layers[p.Path]
		if !known {
			all = append(all, Finding{RulePlan, p.Path, "the plan of layers doesn't have this package"})
			continue
		}
		c := &checker{plan: plan, pkg: p, layer: layer, info: resolve(p)}
		c.names()
		c.doc()
		c.imports()
		c.declarations()
		if layer.pure() {
			c.pure()
		}
		all = append(all, c.found...)
	}
	return all
}

// Missing returns a finding for each package that the plan names and that isn't
// there.
func Missing(packages []*Package, plan Plan) []Finding {
	var all []Finding
	for planned := range plan.Layers {
		if !slices.ContainsFunc(packages, func(p *Package) bool { return p.Path == planned }) {
			all = append(all, Finding{RulePlan, planned, "the plan of layers names a package that isn't there"})
		}
	}
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(a.At, b.At) })
	return all
}

// checker looks at one package.
type checker struct {
	plan  Plan
	pkg   *Package
	layer Layer
	info  *types.Info
	found []Finding
}

func (c *checker) report(rule string, at ast.Node, format string, args ...any) {
	pos := c.pkg.fset.Position(at.Pos())
	c.found = append(c.found, Finding{rule, pos.String(), fmt.Sprintf(format, args...)})
}

func (c *checker) reportPackage(rule, format string, args ...any) {
	c.found = append(c.found, Finding{rule, c.pkg.Path, fmt.Sprintf(format, args...)})
}

func (c *checker) names() {
	switch c.pkg.Name {
	case "util", "utils", "common", "helper", "helpers", "misc", "shared":
		c.reportPackage(RuleNames, "%q says nothing about what the package is for", c.pkg.Name)
	}
	isMain := c.pkg.Name == "main"
	if strings.Contains(c.pkg.Path[strings.LastIndex(c.pkg.Path, "/")+1:], "-") && !isMain {
		c.reportPackage(RuleNames, "a folder with a hyphen holds package main only")
	}
	if isMain != (c.layer == Doors) {
		c.reportPackage(RuleNames, "package %s on layer %s: mains are the doors and nothing else is", c.pkg.Name, c.layer)
	}
}

func (c *checker) doc() {
	documented := func(f *ast.File) bool { return f.Doc != nil }
	if len(c.pkg.Files) > 0 && !slices.ContainsFunc(c.pkg.Files, documented) {
		c.reportPackage(RuleDoc, "no package comment")
	}
}

func (c *checker) imports() {
	for _, file := range c.pkg.Files {
		for _, spec := range file.Imports {
			target := strings.Trim(spec.Path.Value, `"`)
			if own, ok := strings.CutPrefix(target, c.plan.Module+"/"); ok {
				c.importOwn(spec, own)
			} else {
				c.importForeign(spec, target)
			}
		}
	}
}

func (c *checker) importOwn(spec ast.Node, target string) {
	layer, known := c.plan.Layers[target]
	switch {
	case !known:
		c.report(RuleLayers, spec, "imports %s, which the plan doesn't have", target)
	case layer == c.layer && layer == Aside, layer < c.layer:
	case layer == c.layer && slices.Contains(c.plan.Sideways[c.pkg.Path], target):
	case layer == c.layer:
		c.report(RuleLayers, spec, "imports %s on its own layer, %s", target, layer)
	default:
		c.report(RuleLayers, spec, "imports %s on layer %s, above its own, %s", target, layer, c.layer)
	}
}

func (c *checker) importForeign(spec ast.Node, target string) {
	for prefix, importers := range c.plan.Only {
		if strings.HasPrefix(target, prefix) && !slices.Contains(importers, c.pkg.Path) {
			c.report(RuleOnly, spec, "imports %s, which is for %s alone", target, strings.Join(importers, ", "))
			return
		}
	}
	if _, allowed := c.plan.Pure[target]; c.layer.pure() && !allowed {
		c.report(RulePure, spec, "imports %s on the pure layer %s", target, c.layer)
	}
}

// declarations looks for init and for package variables.
func (c *checker) declarations() {
	for _, file := range c.pkg.Files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					c.report(RuleInit, d, "func init: main wires by hand")
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					c.variables(d)
				}
			}
		}
	}
	c.writes()
}
