package dialect

import (
	"strings"

	"heureka/model"
)

// Override is the status that an operator has put over an instance's own. The
// document of them knows no applications: of two instances with one id it can tell
// one only.
type Override struct {
	ID     string
	Status model.Status
}

// AppendOverrides appends the document of overrides, which is JSON always. Each id
// should be there once.
func AppendOverrides(dst []byte, overrides []Override) []byte {
	dst = append(dst, '{')
	for i, o := range overrides {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, o.ID), ':')
		dst = appendQuoted(dst, string(o.Status))
	}
	return append(dst, '}')
}

// DecodeOverrides reads what AppendOverrides writes, at most so many of them. Errors
// wrap ErrUnparseable.
func DecodeOverrides(document []byte, most int) (overrides []Override, err error) {
	err = readJSON(document, func(r *jsonReader) {
		r.object(func(name string) {
			if len(overrides) == most {
				r.fail("there are too many overrides")
				return
			}
			o := Override{ID: strings.Clone(name), Status: model.StatusUnknown}
			r.status(&o.Status)
			overrides = append(overrides, o)
		})
	})
	if err != nil {
		return nil, err
	}
	return overrides, nil
}
