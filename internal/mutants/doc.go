// Package mutants breaks the core on purpose, one line at a time, and sees that
// a checker notices. A checker that lets a mutant pass checks nothing.
//
// [All] lists the mutants. Each is one replaced text in one file, the promise that
// must be reported broken or the test that must fail, and where that is run. In an ordinary run the
// package's tests hold only that the list fits the code and docs/testing.md; with
// -mutants.run, which `make mutants` gives, each mutant is built, as an overlay
// that leaves the tree alone, and hunted.
package mutants
