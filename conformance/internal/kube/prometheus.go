package kube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"cdk8s-istio-egress/conformance/internal/promql"
)

// prometheusRuleKind belongs to the Prometheus Operator, which is not part of this module: what the library writes of it is checked by the rules of its CRD,
// every other field is a finding, and Prometheus's own parser reads the expressions.
var prometheusRuleKind = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"}

type prometheusRule struct {
	Groups []struct {
		Name  string `json:"name"`
		Rules []struct {
			Alert       string            `json:"alert"`
			Expr        string            `json:"expr"`
			For         string            `json:"for"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"rules"`
	} `json:"groups"`
}

func problemsOfPrometheusRule(o *unstructured.Unstructured) []string {
	raw, err := json.Marshal(o.Object["spec"])
	if err != nil {
		return []string{line(err.Error())}
	}
	spec := prometheusRule{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&spec); err != nil {
		return []string{"spec: " + line(err.Error())}
	}
	found := []string{}
	alerts := []string{}
	for i, group := range spec.Groups {
		if group.Name == "" {
			found = append(found, fmt.Sprintf("spec.groups[%d].name: is empty", i))
		}
		for j, rule := range group.Rules {
			at := fmt.Sprintf("spec.groups[%d].rules[%d]", i, j)
			if rule.Alert == "" || slices.Contains(alerts, rule.Alert) {
				found = append(found, fmt.Sprintf("%s.alert: %q is empty, or twice", at, rule.Alert))
			}
			alerts = append(alerts, rule.Alert)
			if problem := promql.Problem(rule.Expr); problem != "" {
				found = append(found, fmt.Sprintf("%s.expr: %s", at, line(problem)))
			}
			if _, err := model.ParseDuration(rule.For); rule.For != "" && err != nil {
				found = append(found, fmt.Sprintf("%s.for: %s", at, line(err.Error())))
			}
			for name := range rule.Labels {
				if !model.LabelName(name).IsValidLegacy() {
					found = append(found, fmt.Sprintf("%s.labels: %q is no label", at, name))
				}
			}
			for _, name := range []string{"summary", "runbook"} {
				if rule.Annotations[name] == "" {
					found = append(found, fmt.Sprintf("%s.annotations.%s: is empty", at, name))
				}
			}
		}
	}
	if len(alerts) == 0 {
		found = append(found, "spec.groups: has no alert")
	}
	return found
}

type dashboard struct {
	UID    string `json:"uid"`
	Panels []struct {
		Title   string `json:"title"`
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
}

// problemsOfDashboards looks at every file of a ConfigMap that is a dashboard of Grafana.
func problemsOfDashboards(o *unstructured.Unstructured) []string {
	files, _, err := unstructured.NestedStringMap(o.Object, "data")
	if err != nil {
		return []string{line(err.Error())}
	}
	found := []string{}
	for name, text := range files {
		if !strings.HasSuffix(name, ".json") || !strings.Contains(text, `"panels"`) {
			continue
		}
		read := dashboard{}
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			found = append(found, fmt.Sprintf("data[%s]: %s", name, line(err.Error())))
			continue
		}
		if read.UID == "" || len(read.UID) > 40 {
			found = append(found, fmt.Sprintf("data[%s].uid: %q must have 1 to 40 characters", name, read.UID))
		}
		for _, panel := range read.Panels {
			for _, target := range panel.Targets {
				if problem := promql.Problem(target.Expr); problem != "" {
					found = append(found, fmt.Sprintf("data[%s] panel %q: %s", name, panel.Title, line(problem)))
				}
			}
		}
	}
	return found
}
