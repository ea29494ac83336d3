// Package suites only names the module that Temporal's own persistence suites come from.
package suites

import _ "go.temporal.io/server/common/persistence/tests"
