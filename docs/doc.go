// Package docs has no code: its tests hold the documents against the programs.
package docs
