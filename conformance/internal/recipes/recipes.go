// Package recipes compares manifests of Bookinfo with those that Istio publishes, which are read from the folder of its module.
package recipes

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "recipes"

// published holds what Bookinfo with a MySQL database is made of, inside samples/bookinfo, by the version of ratings that reads it.
var published = map[string][]string{
	"v2-mysql": {
		"platform/kube/bookinfo.yaml",
		"platform/kube/bookinfo-ratings-v2-mysql.yaml",
		"networking/destination-rule-all.yaml",
		"networking/virtual-service-ratings-mysql.yaml",
		"networking/bookinfo-gateway.yaml",
	},
	"v2-mysql-vm": {
		"platform/kube/bookinfo.yaml",
		"platform/kube/bookinfo-ratings-v2-mysql-vm.yaml",
		"networking/destination-rule-all.yaml",
		"networking/virtual-service-ratings-mysql-vm.yaml",
		"networking/bookinfo-gateway.yaml",
	},
}

// versionOf the ratings that a set runs.
func versionOf(set *manifests.Set) string {
	for _, o := range set.Objects {
		if o.GetKind() == "Deployment" && o.GetName() == "ratings-v2-mysql-vm" {
			return "v2-mysql-vm"
		}
	}
	return "v2-mysql"
}

// meant differences, each with its reason; whatever else differs is a finding.
var meant = []struct {
	object *regexp.Regexp
	path   *regexp.Regexp
	reason string
}{
	{
		regexp.MustCompile(`.*`), regexp.MustCompile(`^metadata\.namespace$`),
		"the samples go into the namespace of whoever applies them, a chart names its own",
	},
	{
		regexp.MustCompile(`^(DestinationRule|VirtualService|Gateway) `), regexp.MustCompile(`^metadata\.name$`),
		"names of Istio's objects carry their namespace, so that no two apps write the same one",
	},
	{
		regexp.MustCompile(`^DestinationRule (details|ratings)$`), regexp.MustCompile(`^spec\.subsets\[(v2|v2-mysql|v2-mysql-vm)\]\.`),
		"subsets of versions that the set does not run select no pods; the samples have one rule for every variant",
	},
	{
		regexp.MustCompile(`^VirtualService bookinfo$`), regexp.MustCompile(`^spec\.gateways\[0\]$`),
		"the Gateway's name carries its namespace",
	},
	{
		regexp.MustCompile(`^Deployment ratings-v2-mysql(-vm)?$`), regexp.MustCompile(`\.serviceAccountName$`),
		"without an account of its own the workload shares the default one, which no policy can tell from others",
	},
	{
		regexp.MustCompile(`^Deployment ratings-v2-mysql(-vm)?$`), regexp.MustCompile(`\.env\[MYSQL_DB_(USER|PASSWORD)\]\.`),
		"user and password come from a Secret, the sample has them in the manifest",
	},
	{
		regexp.MustCompile(`^Deployment ratings-v2-mysql$`), regexp.MustCompile(`\.env\[MYSQL_DB_HOST\]\.value$`),
		"the database is outside the mesh, the sample's is a service of the cluster",
	},
}

// added objects that the samples do not have, each with its reason.
var added = []struct {
	object *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`^ServiceAccount bookinfo-ratings-v2-mysql(-vm)?$`), "the account by which the gateway, or the machine, knows the client"},
	{
		regexp.MustCompile(`^(ServiceAccount|AuthorizationPolicy|WorkloadEntry|WorkloadGroup|DestinationRule|Service) mysqldb(\.vm(\..*)?)?$`),
		"the machine of the database; the samples leave it to the reader",
	},
	{
		regexp.MustCompile(`^(ServiceEntry|DestinationRule|VirtualService) mysql\.bookinfo(\..*)?$|^Gateway mysql--bookinfo$`),
		"makes the database outside the mesh reachable; the samples leave it to the reader",
	},
}

// Run compares a set with the samples of the Istio release in a source folder.
func Run(set *manifests.Set, istio string) (*verdict.Result, error) {
	theirs, err := samples(filepath.Join(istio, "samples", "bookinfo"), published[versionOf(set)])
	if err != nil {
		return nil, err
	}
	result := verdict.New(set.Name, Check, "objects")
	ours := map[string]*unstructured.Unstructured{}
	for _, o := range set.Objects {
		key := o.GetKind() + " " + publishedName(o)
		if theirs[key] == nil {
			key = name(o)
		}
		ours[key] = o
	}
	for _, key := range slices.Sorted(maps.Keys(theirs)) {
		result.Checked++
		if ours[key] == nil {
			result.Find(key, "is published and missing here")
			continue
		}
		compare(result, key, theirs[key], ours[key])
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		if theirs[key] == nil {
			add(result, key)
		}
	}
	return result, nil
}

func samples(dir string, files []string) (map[string]*unstructured.Unstructured, error) {
	found := map[string]*unstructured.Unstructured{}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return nil, fmt.Errorf("%s: no samples of Bookinfo in this folder; give the folder of the istio.io/istio module with --istio", dir)
		}
		objects, err := manifests.Parse(file, data)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			found[name(o)] = o
		}
	}
	return found, nil
}

func name(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + o.GetName()
}

// publishedName of an object whose name carries its namespace.
func publishedName(o *unstructured.Unstructured) string {
	if base, is := strings.CutSuffix(o.GetName(), "--"+o.GetNamespace()+"--ingress"); is && o.GetKind() == "Gateway" {
		return base + "-gateway"
	}
	return strings.TrimSuffix(o.GetName(), "."+o.GetNamespace())
}

func add(result *verdict.Result, key string) {
	result.Checked++
	for _, a := range added {
		if a.object.MatchString(key) {
			result.Except(key, "is not in the samples", a.reason)
			return
		}
	}
	result.Find(key, "is not in the samples, and no reason for it is listed")
}

func compare(result *verdict.Result, key string, theirs, ours *unstructured.Unstructured) {
	a, b := map[string]string{}, map[string]string{}
	flatten("", theirs.Object, a)
	flatten("", ours.Object, b)
	paths := map[string]bool{}
	for p := range a {
		paths[p] = true
	}
	for p := range b {
		paths[p] = true
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if a[path] == b[path] {
			continue
		}
		difference := fmt.Sprintf("%s: published %s, here %s", path, orNothing(a[path]), orNothing(b[path]))
		if reason := reasonFor(key, path); reason != "" {
			result.Except(key, difference, reason)
		} else {
			result.Find(key, difference)
		}
	}
}

func reasonFor(key, path string) string {
	for _, m := range meant {
		if m.object.MatchString(key) && m.path.MatchString(path) {
			return m.reason
		}
	}
	return ""
}

func orNothing(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}

// flatten gives every leaf its path; entries of a list that have a name are found by it, because their order says nothing.
func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			next := key
			if path != "" {
				next = path + "." + key
			}
			flatten(next, inner, into)
		}
		if len(v) == 0 {
			into[path] = "{}"
		}
	case []any:
		for i, inner := range v {
			key := fmt.Sprint(i)
			if entry, is := inner.(map[string]any); is && entry["name"] != nil {
				key = fmt.Sprint(entry["name"])
			}
			flatten(fmt.Sprintf("%s[%s]", path, key), inner, into)
		}
	default:
		text, err := json.Marshal(v)
		if err != nil {
			text = fmt.Append(nil, v)
		}
		into[path] = string(text)
	}
}
