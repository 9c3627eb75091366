package dialect

// Action is what happened to an instance last.
type Action uint8

// The actions. NoAction is left out of documents.
const (
	NoAction Action = iota
	Added
	Modified
	Deleted
)

// String returns the action's text in documents.
func (a Action) String() string {
	switch a {
	case Added:
		return "ADDED"
	case Modified:
		return "MODIFIED"
	case Deleted:
		return "DELETED"
	default:
		return ""
	}
}

// parseAction returns the action with that text, NoAction for any other.
func parseAction(text string) Action {
	switch text {
	case "ADDED":
		return Added
	case "MODIFIED":
		return Modified
	case "DELETED":
		return Deleted
	default:
		return NoAction
	}
}
