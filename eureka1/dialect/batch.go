package dialect

import (
	"strconv"
	"strings"

	"heureka/model"
)

// The actions of items. Others are answered with 500, each by itself.
const (
	Register             = "Register"
	Heartbeat            = "Heartbeat"
	Cancel               = "Cancel"
	StatusUpdate         = "StatusUpdate"
	DeleteStatusOverride = "DeleteStatusOverride"
)

// Item is one of the things that a Eureka server tells another at once, see
// DecodeBatch.
type Item struct {
	Action      string
	App, ID     string
	LastDirtyMs int64        // 0: not said
	Status      model.Status // "": not said
	Overridden  model.Status // "": not said
	Info        *Info        // of a Register only
}

// Answer is what is answered to one item, at the same place of its list.
type Answer struct {
	Code int
	Info *Info // with 409: what the answering server holds, which is newer
}

// AppendBatch appends the items as a request. Eureka refuses a whole batch for one
// key that it doesn't know, so nothing else may ever be in it.
func AppendBatch(dst []byte, items []Item) []byte {
	dst = append(dst, `{"replicationList":[`...)
	for i := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = items[i].append(dst)
	}
	return append(dst, ']', '}')
}

func (item *Item) append(dst []byte) []byte {
	dst = append(dst, `{"appName":`...)
	dst = appendQuoted(dst, item.App)
	dst = appendMember(dst, "id", item.ID)
	if item.LastDirtyMs != 0 {
		dst = append(dst, `,"lastDirtyTimestamp":`...)
		dst = strconv.AppendInt(dst, item.LastDirtyMs, 10)
	}
	dst = appendOptional(dst, "overriddenStatus", string(item.Overridden))
	dst = appendOptional(dst, "status", string(item.Status))
	if item.Info != nil {
		dst = append(dst, `,"instanceInfo":`...)
		dst = appendJSON(dst, item.Info)
	}
	dst = appendOptional(dst, "action", item.Action)
	return append(dst, '}')
}

// AppendAnswers appends the answers to a request.
func AppendAnswers(dst []byte, answers []Answer) []byte {
	dst = append(dst, `{"responseList":[`...)
	for i, a := range answers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"statusCode":`...)
		dst = strconv.AppendInt(dst, int64(a.Code), 10)
		if a.Info != nil {
			dst = append(dst, `,"responseEntity":`...)
			dst = appendJSON(dst, a.Info)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']', '}')
}

// DecodeBatch reads a request of at most so many items. One that can't be read by itself is
// a Register of nothing, to be refused by itself: it is no reason not to hear of the
// others, which its sender wouldn't say again. Errors wrap ErrUnparseable.
func DecodeBatch(document []byte, most int) ([]Item, error) {
	items, _, err := CutBatch(document, most)
	return items, err
}

// DecodeAnswers reads the answers to a request of so many items; there are no more.
// Errors wrap ErrUnparseable.
func DecodeAnswers(document []byte, items int) (answers []Answer, err error) {
	err = readJSON(document, func(r *jsonReader) {
		r.objectOf("responseList", func() {
			if len(answers) == items {
				r.fail("there are too many answers")
				return
			}
			answers = append(answers, r.answer())
		})
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// objectOf reads an object of which only one list counts.
func (r *jsonReader) objectOf(list string, element func()) {
	r.object(func(name string) {
		if name == list {
			r.list(element)
		} else {
			r.skip()
		}
	})
}

func (r *jsonReader) itemOrNothing() (item Item) {
	if r.element(func() { item = r.item() }) {
		return item
	}
	return Item{Action: Register}
}

func (r *jsonReader) item() (item Item) {
	r.object(func(name string) {
		switch name {
		case "action":
			item.Action = strings.Clone(r.text())
		case "appName":
			item.App = strings.Clone(r.text())
		case "id":
			item.ID = strings.Clone(r.text())
		case "lastDirtyTimestamp":
			said(r.number()).into(&item.LastDirtyMs)
		case "status":
			r.status(&item.Status)
		case "overriddenStatus":
			r.status(&item.Overridden)
		case "instanceInfo":
			item.Info = r.instanceOrNull()
		default:
			r.skip()
		}
	})
	return item
}

func (r *jsonReader) answer() (a Answer) {
	r.object(func(name string) {
		switch name {
		case "statusCode":
			var code int32
			said(r.small()).into(&code)
			a.Code = int(code)
		case "responseEntity":
			a.Info = r.instanceOrNull()
		default:
			r.skip()
		}
	})
	return a
}

func (r *jsonReader) instanceOrNull() *Info {
	if r.literal("null") {
		return nil
	}
	i := new(Info)
	r.instance(i)
	i.detach()
	return i
}
