package recipes_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"istio.io/istio/pkg/test/env"

	"cdk8s-istio-egress/conformance/internal/manifests"
	_ "cdk8s-istio-egress/conformance/internal/quiet"
	"cdk8s-istio-egress/conformance/internal/recipes"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// The samples themselves are the good set: only changes to them are to be found.
func published(t *testing.T) string {
	t.Helper()
	return samples(t, "mysql")
}

// samples with the ratings that read one of the databases.
func samples(t *testing.T, database string) string {
	t.Helper()
	text := ""
	for _, file := range []string{
		"platform/kube/bookinfo.yaml", "platform/kube/bookinfo-ratings-v2-" + database + ".yaml", "networking/destination-rule-all.yaml",
		"networking/virtual-service-ratings-" + database + ".yaml", "networking/bookinfo-gateway.yaml",
	} {
		data, err := os.ReadFile(filepath.Join(env.IstioSrc, "samples", "bookinfo", file))
		if err != nil {
			t.Fatal(err)
		}
		text += string(data) + "\n---\n"
	}
	return text
}

func run(t *testing.T, text string) *verdict.Result {
	t.Helper()
	return runVariant(t, "external-mysql", text)
}

func runVariant(t *testing.T, variant, text string) *verdict.Result {
	t.Helper()
	objects, err := manifests.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	result, err := recipes.Run(&manifests.Set{Name: "test", Objects: objects}, variant, env.IstioSrc)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestAnUnknownVariantIsRefused(t *testing.T) {
	_, err := recipes.Run(&manifests.Set{Name: "test"}, "external-oracle", env.IstioSrc)
	if err == nil || !strings.Contains(err.Error(), `"external-oracle": use one of details-https, external-mongodb, external-mysql`) {
		t.Errorf("want an error with the variants there are, got %v", err)
	}
}

func TestEveryVariantIsPublished(t *testing.T) {
	for _, variant := range recipes.Variants() {
		result, err := recipes.Run(&manifests.Set{Name: "test"}, variant, env.IstioSrc)
		if err != nil || len(result.Findings) < 20 {
			t.Errorf("%s: want every published object to be missing in an empty set, got %v, error %v", variant, result, err)
		}
	}
}

func TestTheSamplesDoNotDifferFromThemselves(t *testing.T) {
	for database, variant := range map[string]string{"mysql": "external-mysql", "mysql-vm": "mysql-vm"} {
		result := runVariant(t, variant, samples(t, database))
		if len(result.Findings)+len(result.Exceptions) > 0 || result.Checked != 23 {
			t.Errorf("%s: checked %d objects, want 23; findings %v, exceptions %v", database, result.Checked, result.Findings, result.Exceptions)
		}
	}
}

func TestDifferencesAreFound(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a changed value", "containerPort: 9080", "containerPort: 9081", "containerPort: published 9080, here 9081"},
		{"a missing object", "name: bookinfo-reviews\n", "name: bookinfo-renamed\n", "is published and missing here"},
		{"an object without a reason", "name: bookinfo-reviews\n", "name: bookinfo-renamed\n", "no reason for it is listed"},
		{"a missing field", "imagePullPolicy: IfNotPresent", "tty: false", `imagePullPolicy: published "IfNotPresent", here nothing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			result := run(t, strings.ReplaceAll(published(t), c.old, c.new))
			for _, f := range result.Findings {
				if strings.Contains(f.Message, c.want) {
					return
				}
			}
			t.Errorf("want a finding with %q, got %v", c.want, result.Findings)
		})
	}
}

func TestMeantDifferencesHaveTheirReason(t *testing.T) {
	result := run(t, strings.Replace(published(t), "value: mysqldb\n", "value: mysqldb.example.com\n", 1))
	if len(result.Findings) > 0 || len(result.Exceptions) != 1 || result.Exceptions[0].Reason == "" {
		t.Errorf("want one exception with a reason, got findings %v, exceptions %v", result.Findings, result.Exceptions)
	}
}

func TestNamesThatCarryTheNamespaceAreTheSameObjects(t *testing.T) {
	text := published(t)
	for _, name := range []string{"reviews", "bookinfo"} {
		text = regexp.MustCompile(`(kind: (?:DestinationRule|VirtualService)\nmetadata:\n  name: `+name+`)\n`).
			ReplaceAllString(text, "${1}.bookinfo\n  namespace: bookinfo\n")
	}
	result := run(t, text)
	if len(result.Findings) > 0 || len(result.Exceptions) != 6 {
		t.Errorf("want the name and the namespace of three objects as exceptions, got findings %v, exceptions %v", result.Findings, result.Exceptions)
	}
}
