package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const rightRule = `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: alerts, namespace: edge }
spec:
  groups:
    - name: alerts
      rules:
        - alert: Refused
          expr: (sum(increase(a{pod="x"}[5m]))) >= 1
          for: 15m
          labels: { severity: warning }
          annotations: { summary: refused, runbook: look }
`

const rightDashboard = `
apiVersion: v1
kind: ConfigMap
metadata: { name: dashboard, namespace: edge }
data:
  edge.json: |
    { "uid": "edge", "panels": [{ "title": "Refused", "targets": [{ "expr": "sum(increase(a{pod=\"x\"}[5m]))" }] }] }
  other.json: |
    { "panel": "no dashboard" }
`

func TestPrometheusRuleAndDashboard(t *testing.T) {
	for _, c := range []struct{ name, of, old, new, want string }{
		{"what the library writes", rightRule, "", "", ""},
		{"an expression that Prometheus does not take", rightRule, "(sum", "((sum", "spec.groups[0].rules[0].expr"},
		{"the series of everybody", rightRule, `{pod="x"}`, "", "every proxy"},
		{"a time without a unit", rightRule, "15m", "'15'", "spec.groups[0].rules[0].for"},
		{"a label that Prometheus does not take", rightRule, "severity:", "a-b:", "labels"},
		{"nothing to do", rightRule, ", runbook: look", "", "annotations.runbook"},
		{"a group without a name", rightRule, "name: alerts\n      rules", "name: ''\n      rules", "spec.groups[0].name"},
		{"a field that is misspelt", rightRule, "alert:", "alerts:", `unknown field "alerts"`},
		{"no alert", rightRule, "  groups:", "  groups: []\n  old:", "unknown field"},
		{"a dashboard", rightDashboard, "", "", ""},
		{"a query that Prometheus does not take", rightDashboard, "sum(", "sum((", "Refused"},
		{"a dashboard that is no JSON", rightDashboard, `{ "uid"`, `{ uid`, "data[edge.json]"},
		{"a dashboard without an id", rightDashboard, `"uid": "edge", `, "", "uid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(c.of, c.old, c.new, 1)
			if c.old != "" && text == c.of {
				t.Fatalf("nothing is spoiled")
			}
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
				t.Fatal(err)
			}
			check := problemsOfDashboards
			if o.GetKind() == "PrometheusRule" {
				if o.GroupVersionKind() != prometheusRuleKind {
					t.Fatalf("unexpected kind %s", o.GroupVersionKind())
				}
				check = problemsOfPrometheusRule
			}
			found := strings.Join(check(o), "; ")
			if (c.want == "") != (found == "") || !strings.Contains(found, c.want) {
				t.Errorf("want %q, got %q", c.want, found)
			}
		})
	}
}
