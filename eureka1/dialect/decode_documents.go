package dialect

import (
	"fmt"
	"strings"
)

// Application is the instances of one application in a document.
type Application struct {
	Name      string
	Instances []Info
}

// Applications is a registry, a part of one, or a delta.
type Applications struct {
	Envelope
	List    []Application
	LeftOut int // by DecodeMost
}

// DecodeApplication reads a document of one application with at most so many
// instances. Errors wrap ErrUnparseable.
func DecodeApplication(format Format, document []byte, most int) (*Application, error) {
	var app *Application
	var err error
	if format == JSON {
		err = readJSON(document, func(r *jsonReader) {
			r.object(func(name string) {
				if name != "application" {
					r.skip()
					return
				}
				a := r.application(&most)
				app = &a
			})
		})
	} else {
		err = readXML(document, func(x *xmlReader, root string) {
			if root == "application" {
				a := x.application(&most)
				app = &a
			}
		})
	}
	if err == nil && app == nil {
		err = fmt.Errorf("%w: there is no application", ErrUnparseable)
	}
	if err != nil {
		return nil, err
	}
	return app, nil
}

// DecodeApplications reads a registry or a delta, in full or compact, with at most
// so many instances, and as many applications. Errors wrap ErrUnparseable.
func DecodeApplications(format Format, document []byte, most int) (*Applications, error) {
	if format == JSON {
		return new(jsonReader).registry(document, most)
	}
	var apps *Applications
	err := readXML(document, func(x *xmlReader, root string) {
		if root == "applications" {
			apps = x.applications(&most)
		}
	})
	return some(apps, err)
}

// DecodeMost reads a registry or a delta as JSON and leaves out instances, or whole
// applications, that are more than so many, and instances that can't be read: one of
// these is no reason not to hear of the others. Errors wrap ErrUnparseable.
func DecodeMost(document []byte, most int) (*Applications, error) {
	return (&jsonReader{lenient: true}).registry(document, most)
}

// registry reads a document whose one value is a registry.
func (r *jsonReader) registry(document []byte, most int) (*Applications, error) {
	var apps *Applications
	err := r.read(document, func(r *jsonReader) {
		r.object(func(name string) {
			if name != "applications" {
				r.skip()
				return
			}
			apps = r.applications(&most)
		})
	})
	if apps != nil {
		apps.LeftOut = r.leftOut
	}
	return some(apps, err)
}

// some wants applications where nothing else is wrong.
func some(apps *Applications, err error) (*Applications, error) {
	if err == nil && apps == nil {
		err = fmt.Errorf("%w: there are no applications", ErrUnparseable)
	}
	if err != nil {
		return nil, err
	}
	return apps, nil
}

func (r *jsonReader) applications(left *int) *Applications {
	a, most := new(Applications), *left
	r.object(func(name string) {
		switch name {
		case "versions__delta":
			said(r.number()).into(&a.Version)
		case "apps__hashcode":
			a.Hash = strings.Clone(r.text())
		case "application":
			r.list(func() {
				if len(a.List) == most {
					r.excess("there are too many applications")
					return
				}
				a.List = append(a.List, r.application(left))
			})
		default:
			r.skip()
		}
	})
	return a
}

func (r *jsonReader) application(left *int) (a Application) {
	r.object(func(name string) {
		switch name {
		case "name":
			a.Name = strings.Clone(r.text())
		case "instance":
			r.list(func() {
				if *left--; *left < 0 {
					r.excess("there are too many instances")
					return
				}
				a.Instances = append(a.Instances, Info{})
				last := &a.Instances[len(a.Instances)-1]
				if r.element(func() { r.instance(last) }) {
					last.detach()
				} else {
					a.Instances = a.Instances[:len(a.Instances)-1]
				}
			})
		default:
			r.skip()
		}
	})
	return a
}

// excess reads what there is no room for.
func (r *jsonReader) excess(fault string) {
	if !r.lenient {
		r.fail("%s", fault)
		return
	}
	r.leftOut++
	r.skip()
}

// element has read read an element of a list, and is false if it has to be left out.
func (r *jsonReader) element(read func()) bool {
	start, depth, before := r.at, r.depth, r.fault
	read()
	if r.lenient && before == nil && r.fault != nil {
		r.fault, r.at, r.depth = nil, start, depth
		r.leftOut++
		r.skip() // and if that can't be read, nothing can
		return false
	}
	return true
}
