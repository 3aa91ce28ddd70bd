// Command judge lets Istio's own code say whether sets of manifests are right.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"istio.io/istio/pkg/test/env"

	"cdk8s-istio-egress/conformance/internal/corpus"
	"cdk8s-istio-egress/conformance/internal/judge"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/quiet/loggers"
	"cdk8s-istio-egress/conformance/internal/recipes"
	"cdk8s-istio-egress/conformance/internal/report"
	"cdk8s-istio-egress/conformance/internal/verdict"
	"cdk8s-istio-egress/conformance/internal/versions"
)

const usage = `usage: judge [--json] [--matrix] [--findings <file>] [--istio <folder>] [--parallel <n>]
             [--batch <folder>]... [--bookinfo <variant>=<folder>]... [<folder>...]

Lets the code of Istio and Kubernetes judge sets of manifests: schemas and CEL rules, istiod's webhook, every analyser of
"istioctl analyze", the API server's validation, and the configuration that istiod makes of them for each proxy.

  <folder>            a set: *.yaml that are applied together, and expectations.json when the library wrote one
  --batch <folder>    a folder of such folders, told as one line for each check
  --bookinfo <variant>=<folder>
                      a set that is also compared with the Bookinfo that Istio publishes: details-https, external-mongodb or external-mysql
  --name <a>=<b>      call the set or batch in folder a "b" in the report
  --istio <folder>    the folder of the istio.io/istio module (default: the one this was built from)
  --parallel <n>      sets judged at the same time (default 2)
  --json              write the report as JSON
  --matrix            before the report, write who reaches what in each set: accounts and external services, with a sidecar and without
  --only <check>      tell of this check alone
  --findings <file>   write the findings to this file as well, as JSON
  --corpus <folder>   instead: write as JSON what the API server, the webhook and "istioctl analyze" say about each <folder>/*/*.yaml by itself
  --crds <istio>=<file>
                      instead: write as JSON what the CRDs of this version of Istio refuse in the folders, in each version of the API that they serve
  --stream            read folders of sets from standard input, one a line; answer each with one line of JSON
  --help              this text

exit status: 0 clean, 1 findings, 2 bad input
`

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge: "+err.Error())
	}
	os.Exit(code)
}

func run(args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("judge", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := flags.Bool("json", false, "")
	matrix := flags.Bool("matrix", false, "")
	istio := flags.String("istio", env.IstioSrc, "")
	findings := flags.String("findings", "", "")
	files := flags.String("corpus", "", "")
	stream := flags.Bool("stream", false, "")
	parallel := flags.Int("parallel", 2, "")
	only := flags.String("only", "", "")
	batches, renames, bookinfos, crds := list{}, list{}, list{}, list{}
	flags.Var(&bookinfos, "bookinfo", "")
	flags.Var(&batches, "batch", "")
	flags.Var(&crds, "crds", "")
	flags.Var(&renames, "name", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(out, usage)
			return 0, nil
		}
		return 2, fmt.Errorf("%v; see judge --help", err)
	}
	if *stream {
		loggers.Silence()
		return judgeStream(os.Stdin, out, *istio)
	}
	if *files != "" {
		loggers.Silence()
		if err := corpus.Write(out, *files, *istio, *parallel); err != nil {
			return 2, err
		}
		return 0, nil
	}
	if flags.NArg()+len(batches)+len(bookinfos) == 0 {
		return 2, errors.New("no folder given; see judge --help")
	}
	loggers.Silence()
	if len(crds) > 0 {
		if err := askVersions(out, crds, flags.Args()); err != nil {
			return 2, err
		}
		return 0, nil
	}
	name := names(renames)
	variants, compared, err := variantsAndFolders(bookinfos)
	if err != nil {
		return 2, err
	}
	groups, err := judgeAll(slices.Concat(compared, flags.Args()), batches, name, *istio, *parallel)
	if err != nil {
		return 2, err
	}
	for i, dir := range compared {
		set, err := manifests.Load(name(dir), dir)
		if err != nil {
			return 2, err
		}
		result, err := recipes.Run(set, variants[i], *istio)
		if err != nil {
			return 2, err
		}
		groups[i].Results = append(groups[i].Results, result)
	}
	for i := range groups {
		groups[i].Results = slices.DeleteFunc(groups[i].Results, func(r *verdict.Result) bool { return *only != "" && r.Check != *only })
	}
	if *findings != "" {
		if err := writeFindings(*findings, groups); err != nil {
			return 2, err
		}
	}
	if *asJSON {
		err = report.JSON(out, groups)
	} else {
		if *matrix {
			report.Matrices(out, groups)
		}
		report.Text(out, groups, term.IsTerminal(int(os.Stdout.Fd())))
	}
	if err != nil {
		return 2, err
	}
	if len(report.Findings(groups)) > 0 {
		return 1, nil
	}
	return 0, nil
}

func writeFindings(path string, groups []report.Group) error {
	data, err := json.Marshal(report.Findings(groups))
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func variantsAndFolders(bookinfos []string) (variants, folders []string, err error) {
	for _, given := range bookinfos {
		variant, folder, found := strings.Cut(given, "=")
		if !found {
			return nil, nil, fmt.Errorf("--bookinfo must be <variant>=<folder>, got %q; see judge --help", given)
		}
		variants, folders = append(variants, variant), append(folders, folder)
	}
	return variants, folders, nil
}

func askVersions(out io.Writer, crds, dirs []string) error {
	releases := []versions.Release{}
	for _, given := range crds {
		istio, file, found := strings.Cut(given, "=")
		if !found {
			return fmt.Errorf("--crds must be <istio>=<file>, got %q; see judge --help", given)
		}
		releases = append(releases, versions.Release{Istio: istio, File: file})
	}
	sets := []*manifests.Set{}
	for _, dir := range dirs {
		set, err := manifests.Load(dir, dir)
		if err != nil {
			return err
		}
		sets = append(sets, set)
	}
	return versions.Write(out, releases, sets)
}

func names(renames []string) func(dir string) string {
	given := map[string]string{}
	for _, r := range renames {
		dir, name, _ := strings.Cut(r, "=")
		given[filepath.Clean(dir)] = name
	}
	return func(dir string) string {
		if name := given[filepath.Clean(dir)]; name != "" {
			return name
		}
		return filepath.Clean(dir)
	}
}

func judgeAll(dirs, batches []string, name func(string) string, istio string, parallel int) ([]report.Group, error) {
	groups := []report.Group{}
	sets := [][]*manifests.Set{}
	for _, dir := range dirs {
		set, err := manifests.Load(name(dir), dir)
		if err != nil {
			return nil, err
		}
		groups = append(groups, report.Group{Name: set.Name, Sets: 1})
		sets = append(sets, []*manifests.Set{set})
	}
	for _, dir := range batches {
		batch, err := loadBatch(dir)
		if err != nil {
			return nil, err
		}
		groups = append(groups, report.Group{Name: name(dir), Sets: len(batch)})
		sets = append(sets, batch)
	}
	j, err := judge.New(istio)
	if err != nil {
		return nil, err
	}
	for i := range groups {
		if groups[i].Results, err = j.Sets(sets[i], parallel); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// judgeStream answers every folder that it reads, also a bad one, so that the reader may count on an answer for each.
func judgeStream(in io.Reader, out io.Writer, istio string) (int, error) {
	j, err := judge.New(istio)
	if err != nil {
		return 2, err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for folders := bufio.NewScanner(in); folders.Scan(); {
		answer := struct {
			Findings []verdict.Finding `json:"findings"`
			Error    string            `json:"error,omitempty"`
		}{Findings: []verdict.Finding{}}
		results, err := judgeFolder(j, folders.Text())
		if err != nil {
			answer.Error = err.Error()
		}
		for _, r := range results {
			answer.Findings = append(answer.Findings, r.Findings...)
		}
		if err := encoder.Encode(answer); err != nil {
			return 2, err
		}
	}
	return 0, nil
}

func judgeFolder(j *judge.Judge, dir string) ([]*verdict.Result, error) {
	set, err := manifests.Load(dir, dir)
	if err != nil {
		return nil, err
	}
	return j.Set(set)
}

func loadBatch(dir string) ([]*manifests.Set, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: not a folder; give the folder that holds the sets", dir)
	}
	sets := []*manifests.Set{}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		set, err := manifests.Load(e.Name(), filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("%s: no folder with manifests in this folder", dir)
	}
	slices.SortFunc(sets, func(a, b *manifests.Set) int { return strings.Compare(a.Name, b.Name) })
	return sets, nil
}
