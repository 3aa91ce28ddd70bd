package promql

import (
	"strings"
	"testing"
)

func TestProblem(t *testing.T) {
	for _, c := range []struct{ name, expression, want string }{
		{"an alert", `(sum by (pod) (increase(a{pod="x"}[5m]))) >= 1`, ""},
		{"an absence", `absent(a{pod="x"}) or absent(b{pod="x"})`, ""},
		{"a metric whose name is a regular expression", `min by (pod) ({__name__=~"a_.+",pod="x"}) - time() < 5`, ""},
		{"a quoted value that ends nothing", `a{pod="\"} or vector(1) or up{a=\""}`, ""},
		{"a bracket that is open", `(sum(a{pod="x"}) >= 1`, "unclosed"},
		{"a function that does not exist", `increased(a{pod="x"}[5m])`, "unknown function"},
		{"a range in the place of a vector", `sum(a{pod="x"}[5m])`, "expected type instant vector"},
		{"a scalar", `time()`, "is a scalar"},
		{"a window of Grafana", `increase(a{pod="x"}[$__rate_interval])`, "unexpected"},
		{"the series of everybody", `sum(a) >= 1`, "selects the series of every proxy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problem := Problem(c.expression)
			if (c.want == "") != (problem == "") || !strings.Contains(problem, c.want) {
				t.Errorf("want %q, got %q", c.want, problem)
			}
		})
	}
}
