package foreign

import "context"

// NPM installs what the Node package in the folder locks: node_modules, for programs
// beside it. It needs npm.
func NPM(ctx context.Context, folder string) error {
	return build(ctx, folder, "node_modules", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
}
