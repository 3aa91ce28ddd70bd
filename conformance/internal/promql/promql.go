// Package promql checks expressions with Prometheus's own parser, and evaluates them with its own engine.
package promql

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"
)

var expressions = parser.NewParser(parser.Options{})

// Problem of an expression, or "" when it is one that Prometheus takes and that has a value for each series, as alerts and panels want it.
func Problem(expression string) string {
	parsed, err := expressions.ParseExpr(expression)
	if err != nil {
		return err.Error()
	}
	if kind := parsed.Type(); kind != parser.ValueTypeVector {
		return fmt.Sprintf("is a %s: an alert needs an instant vector", kind)
	}
	// An expression that selects by nothing but its name would be about every proxy of the cluster.
	problem := ""
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok && len(selector.LabelMatchers) < 2 {
			problem = fmt.Sprintf("%s selects the series of every proxy", selector)
		}
		return nil
	})
	return problem
}
