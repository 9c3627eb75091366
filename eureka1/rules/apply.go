package rules

import (
	"maps"
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// Apply does what a word says and returns what is answered.
func Apply(r Registry, w *Word) Answer {
	if w.refusal != nil {
		return Answer{Code: http.StatusBadRequest, Text: w.refusal.Error()}
	}
	switch w.Action {
	case dialect.Register:
		return register(r, w)
	case dialect.Heartbeat:
		return heartbeat(r, w)
	case dialect.Cancel:
		return cancel(r, w)
	case dialect.StatusUpdate:
		return override(r, w)
	case dialect.DeleteStatusOverride:
		return refused(r.ClearOverride(w.Key))
	case Metadata:
		return metadata(r, w)
	default:
		return Answer{Code: http.StatusInternalServerError}
	}
}

// register takes a client's word as its last, whatever its clock says. What servers
// pass on comes in any order, and there the client's clock is all that tells it.
func register(r Registry, w *Word) Answer {
	if w.Peer {
		held := r.Said(w.Key)
		if held != nil && isNewer(held.LastChangedMs, w.LastDirtyMs) {
			if err := r.Renew(w.Key); err != nil {
				return refused(err)
			}
			return Answer{Code: http.StatusNoContent}
		}
		if held == nil || IsPeers(held) || held.LastChangedMs != w.LastDirtyMs {
			mark(w.Instance)
		}
	}
	if err := r.Put(w.Instance); err != nil {
		return refused(err)
	}
	if err := adopt(r, w); err != nil {
		return refused(err)
	}
	return Answer{Code: http.StatusNoContent}
}

// isNewer reports whether what is held was said after something else; not, if one of
// the two says no time.
func isNewer(held, than int64) bool { return held != 0 && than != 0 && held > than }

// adopt overrides an instance as its client knows it to be overridden, from another
// server, unless it is overridden here.
func adopt(r Registry, w *Word) error {
	if w.Overridden == "" {
		return nil
	}
	if shown, _, err := r.Get(w.Key); err != nil || shown.Override != "" {
		return err
	}
	return r.Override(w.Key, w.Overridden)
}

// heartbeat renews first, and then compares what the client said last.
func heartbeat(r Registry, w *Word) Answer {
	if err := r.Renew(w.Key); err != nil {
		return refused(err)
	}
	changed, version, err := r.Changed(w.Key)
	if err != nil {
		return refused(err)
	}
	held := dialect.LastDirtyAt(changed, version)
	news := w.LastDirtyMs > held // that isn't here: it has to be said again
	if !news && !(w.Peer && isNewer(held, w.LastDirtyMs)) {
		return Answer{Code: http.StatusOK}
	}
	shown, version, err := r.Get(w.Key)
	switch {
	case err != nil:
		return refused(err)
	case news:
		return missed(r, w, shown)
	default:
		return Answer{Code: http.StatusConflict, Instance: shown, Version: version}
	}
}

// missed answers that the word hasn't been heard which the heartbeat is for. Where a
// server says that, it tells of its override too.
func missed(r Registry, w *Word, shown *model.Instance) Answer {
	if w.Peer && w.Overridden != "" && w.Overridden != shown.Override {
		if err := r.Override(w.Key, w.Overridden); err != nil {
			return refused(err)
		}
	}
	return Answer{Code: http.StatusNotFound}
}

// cancel removes an instance. Eureka servers don't say when the client last changed
// what they cancel; a bridge does, and then removes nothing that the client itself has
// said here, nor anything newer.
func cancel(r Registry, w *Word) Answer {
	if w.Peer && w.LastDirtyMs != 0 {
		if held := r.Said(w.Key); held != nil && (!IsPeers(held) || isNewer(held.LastChangedMs, w.LastDirtyMs)) {
			return Answer{Code: http.StatusConflict}
		}
	}
	return refused(r.Remove(w.Key))
}

// override puts a status over the client's own, unless it is the one that is shown.
func override(r Registry, w *Word) Answer {
	shown, _, err := r.Get(w.Key)
	switch {
	case err != nil:
		return refused(err)
	case w.Status == "":
		return Answer{Code: http.StatusBadRequest, Text: "there is no status"}
	case w.Status == shown.Status:
		return Answer{Code: http.StatusOK}
	default:
		return refused(r.Override(w.Key, w.Status))
	}
}

func metadata(r Registry, w *Word) Answer {
	return refused(r.Amend(w.Key, func(in *model.Instance) {
		if in.Metadata == nil {
			in.Metadata = make(map[string]string, len(w.Metadata))
		}
		maps.Copy(in.Metadata, w.Metadata)
	}))
}
