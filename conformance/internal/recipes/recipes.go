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

// variant of Bookinfo: what Istio publishes of it, and how a set of ours is meant to differ.
type variant struct {
	// published files inside samples/bookinfo, beside those of every variant.
	published []string
	// meant differences and added objects beside those of every variant.
	meant []difference
	added []addition
}

// difference that is meant, in the paths of an object.
type difference struct {
	object, path *regexp.Regexp
	reason       string
}

// addition of an object that the samples do not have.
type addition struct {
	object *regexp.Regexp
	reason string
}

// published by Istio for every variant.
var published = []string{
	"platform/kube/bookinfo.yaml",
	"networking/destination-rule-all.yaml",
	"networking/bookinfo-gateway.yaml",
}

// meant differences of every variant; whatever else differs is a finding.
var meant = []difference{
	{
		regexp.MustCompile(`.*`), regexp.MustCompile(`^metadata\.namespace$`),
		"the samples go into the namespace of whoever applies them, a chart names its own",
	},
	{
		regexp.MustCompile(`^(DestinationRule|VirtualService|Gateway) `), regexp.MustCompile(`^metadata\.name$`),
		"names of Istio's objects carry their namespace, so that no two apps write the same one",
	},
	{
		regexp.MustCompile(`^Gateway bookinfo`), regexp.MustCompile(`^spec\.servers\[[^\]]*\]\.hosts`),
		"only routes of the Gateway's namespace attach, so that no other namespace answers for a path of the hosts",
	},
	{
		regexp.MustCompile(`^VirtualService bookinfo$`), regexp.MustCompile(`^spec\.gateways\[0\]$`),
		"the Gateway's name carries its namespace",
	},
}

// variants by the names of our examples, without "bookinfo-".
var variants = map[string]variant{
	"external-mysql": {
		published: []string{"platform/kube/bookinfo-ratings-v2-mysql.yaml", "networking/virtual-service-ratings-mysql.yaml"},
		meant: []difference{
			unused("details", "v2"), unused("ratings", "v2|v2-mysql-vm"), ownAccount("ratings-v2-mysql"),
			{
				regexp.MustCompile(`^Deployment ratings-v2-mysql$`), regexp.MustCompile(`\.env\[MYSQL_DB_(USER|PASSWORD)\]\.`),
				"user and password come from a Secret, the sample has them in the manifest",
			},
			{
				regexp.MustCompile(`^Deployment ratings-v2-mysql$`), regexp.MustCompile(`\.env\[MYSQL_DB_HOST\]\.value$`),
				"the database is outside the mesh, the sample's is a service of the cluster",
			},
			{
				regexp.MustCompile(`^Deployment `), regexp.MustCompile(`^spec\.template\.spec\.(containers\[\w+\]\.)?securityContext\.`),
				"the closed set enforces the Pod Security Standard restricted, which the sample leaves to the reader",
			},
		},
		added: []addition{
			account("bookinfo-ratings-v2-mysql"), outside("mysql"), lockedDown,
			{
				regexp.MustCompile(`^Namespace (bookinfo|egress)$`),
				"the closed set has the namespaces with what they enforce; the samples leave both to the reader",
			},
			{
				regexp.MustCompile(`^(ServiceAccount|Deployment|HorizontalPodAutoscaler|PodDisruptionBudget|Service|AuthorizationPolicy|NetworkPolicy) egress(\..*)?$`),
				"the closed set has a gateway of its own; the samples have Istio's, or none",
			},
			{
				regexp.MustCompile(`^ServiceAccount ratings-database\.bookinfo\.bootstrap$|^(ConfigMap|Job) ratings-database-bootstrap-[0-9a-f]{8}$`),
				"a Job creates the ratings and their user; the samples have the database in an image",
			},
		},
	},
	"mysql-vm": {
		published: []string{"platform/kube/bookinfo-ratings-v2-mysql-vm.yaml", "networking/virtual-service-ratings-mysql-vm.yaml"},
		meant: []difference{
			unused("details", "v2"), unused("ratings", "v2|v2-mysql"), ownAccount("ratings-v2-mysql-vm"),
			{
				regexp.MustCompile(`^Deployment ratings-v2-mysql-vm$`), regexp.MustCompile(`\.env\[MYSQL_DB_(USER|PASSWORD)\]\.`),
				"user and password come from a Secret, the sample has them in the manifest",
			},
		},
		added: []addition{
			account("bookinfo-ratings-v2-mysql-vm"), lockedDown,
			{
				regexp.MustCompile(`^(ServiceAccount|AuthorizationPolicy|WorkloadEntry|WorkloadGroup|DestinationRule|Service) mysqldb(\.vm(\..*)?)?$`),
				"the machine of the database; the samples leave it to the reader",
			},
		},
	},
	"external-mongodb": {
		published: []string{"platform/kube/bookinfo-ratings-v2.yaml", "networking/virtual-service-ratings-db.yaml"},
		meant: []difference{
			unused("details", "v2"), unused("ratings", "v2-mysql|v2-mysql-vm"),
			{
				regexp.MustCompile(`^Deployment ratings-v2$`), regexp.MustCompile(`\.env\[MONGO_DB_URL\]\.value$`),
				"the database is outside the mesh, the sample's is a service of the cluster",
			},
			{
				regexp.MustCompile(`^Deployment ratings-v2$`), regexp.MustCompile(`\.env\[MONGO_(HOST|PORT)\]\.`),
				"host and port are told beside the URL",
			},
		},
		added: []addition{outside("mongodb"), lockedDown},
	},
	"details-https": {
		published: []string{"platform/kube/bookinfo-details-v2.yaml", "networking/virtual-service-details-v2.yaml"},
		meant:     []difference{unused("ratings", "v2|v2-mysql|v2-mysql-vm"), ownAccount("details-v2")},
		added:     []addition{account("bookinfo-details-v2"), outside("googleapis"), lockedDown},
	},
}

func unused(service, versions string) difference {
	return difference{
		regexp.MustCompile(`^DestinationRule ` + service + `$`), regexp.MustCompile(`^spec\.subsets\[(` + versions + `)\]\.`),
		"subsets of versions that the set does not run select no pods; the samples have one rule for every variant",
	}
}

func ownAccount(deployment string) difference {
	return difference{
		regexp.MustCompile(`^Deployment ` + deployment + `$`), regexp.MustCompile(`\.serviceAccountName$`),
		"without an account of its own the workload shares the default one, which no policy can tell from others",
	}
}

func account(name string) addition {
	return addition{regexp.MustCompile(`^ServiceAccount ` + name + `$`), "the account by which the gateway, or the machine, knows the client"}
}

var lockedDown = addition{
	regexp.MustCompile(`^(Sidecar|NetworkPolicy) lockdown\.bookinfo\.lockdown$`),
	"the namespace reaches what the set declares and nothing else; the samples leave it open",
}

func outside(name string) addition {
	return addition{
		regexp.MustCompile(`^(ServiceEntry|DestinationRule|VirtualService) ` + name + `\.bookinfo(\..*)?$|^Gateway ` + name + `--bookinfo$`),
		"makes what is outside the mesh reachable; the samples leave it to the reader, or have a recipe without a gateway",
	}
}

// Variants that a set can be compared with.
func Variants() []string {
	return slices.Sorted(maps.Keys(variants))
}

// Run compares a set with a variant of the samples of the Istio release in a source folder.
func Run(set *manifests.Set, variant, istio string) (*verdict.Result, error) {
	of, known := variants[variant]
	if !known {
		return nil, fmt.Errorf("no Bookinfo is called %q: use one of %s", variant, strings.Join(Variants(), ", "))
	}
	theirs, err := samples(filepath.Join(istio, "samples", "bookinfo"), slices.Concat(published, of.published))
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
		compare(result, key, theirs[key], ours[key], slices.Concat(meant, of.meant))
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		if theirs[key] == nil {
			add(result, key, of.added)
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

func add(result *verdict.Result, key string, added []addition) {
	result.Checked++
	for _, a := range added {
		if a.object.MatchString(key) {
			result.Except(key, "is not in the samples", a.reason)
			return
		}
	}
	result.Find(key, "is not in the samples, and no reason for it is listed")
}

func compare(result *verdict.Result, key string, theirs, ours *unstructured.Unstructured, meant []difference) {
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
		if reason := reasonFor(key, path, meant); reason != "" {
			result.Except(key, difference, reason)
		} else {
			result.Find(key, difference)
		}
	}
}

func reasonFor(key, path string, meant []difference) string {
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
