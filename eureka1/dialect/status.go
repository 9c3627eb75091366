package dialect

import (
	"strings"

	"heureka/model"
)

// ParseStatus returns the status with exactly that text. It is what a query may say;
// any other text is a bad request.
func ParseStatus(text string) (model.Status, bool) {
	switch s := model.ParseStatus(text); {
	case s != model.StatusUnknown, text == string(model.StatusUnknown):
		return s, true
	default:
		return "", false
	}
}

// statusOf reads a status in a document, in letters of any case; what is no status
// is UNKNOWN.
func statusOf(text string) model.Status {
	for _, s := range model.Statuses() {
		if strings.EqualFold(text, string(s)) {
			return s
		}
	}
	return model.StatusUnknown
}

// v1Status is a status as the oldest clients are shown it.
func v1Status(s model.Status) model.Status {
	switch s {
	case model.StatusUp, model.StatusDown, model.StatusStarting:
		return s
	default:
		return model.StatusDown
	}
}
