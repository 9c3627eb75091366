package dialect

import "strings"

// What is passed on in parts is cut and joined as it was written: to write it anew from
// what was read would drop what nobody here knows.

// CutBatch is DecodeBatch, which also returns the text of each item. Texts share the
// document's memory.
func CutBatch(document []byte, most int) (items []Item, texts []string, err error) {
	reader := jsonReader{lenient: true}
	err = reader.read(document, func(r *jsonReader) {
		r.objectOf("replicationList", func() {
			if len(items) == most {
				r.fail("there are too many items")
				return
			}
			texts = append(texts, r.textOf(func() { items = append(items, r.itemOrNothing()) }))
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return items, texts, nil
}

// JoinBatch returns the request of these items.
func JoinBatch(texts []string) []byte {
	return []byte(`{"replicationList":[` + strings.Join(texts, ",") + `]}`)
}

// CutAnswers returns the text of each answer to a request of so many items; there are no
// more. Errors wrap ErrUnparseable.
func CutAnswers(document []byte, items int) (texts []string, err error) {
	err = readJSON(document, func(r *jsonReader) {
		r.objectOf("responseList", func() {
			if len(texts) == items {
				r.fail("there are too many answers")
				return
			}
			texts = append(texts, r.textOf(r.skip))
		})
	})
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// JoinAnswers returns these answers to a request.
func JoinAnswers(texts []string) []byte {
	return []byte(`{"responseList":[` + strings.Join(texts, ",") + `]}`)
}

// textOf returns the text of the value that comes next, which read reads.
func (r *jsonReader) textOf(read func()) string {
	r.next()
	begin := r.at
	read()
	return r.data[begin:r.at]
}
